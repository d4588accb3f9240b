import createClient from "openapi-fetch";
import type { components, paths } from "./aim.js";

const env = (name: string) => process.env[name] ?? "";

const client = createClient<paths>({
  baseUrl: env("AIM_BASE_URL"),
  headers: {
    Accept: "application/json",
    ApiKey: env("AIM_API_KEY"),
    AppId: env("AIM_APP_ID"),
    Token: env("AIM_TOKEN"),
  },
  // A redirect is an error: fetch would carry the keys along.
  redirect: "error",
});

function print(call: string, read: Record<string, unknown>) {
  console.log(JSON.stringify({ call, read }));
}

async function calls() {
  const ticket = await client.POST("/api/PostServiceTicket", {
    body: {
      RefNumber: "WEB-1",
      CustomerInfo: { WebId: 2147483647, Name: "山田 🎻", Email: "yamada@example.com" },
      FormInputList: [{ Key: "CELLPHONE", Value: "555-0143", Encrypted: false }],
      Notes: 'a "quoted" line, and <more>',
    },
  });
  print("PostServiceTicket", {
    WebRef: ticket.data?.WebRef,
    StatusCode: ticket.data?.Status?.StatusCode,
  });

  const fulfillment = await client.POST("/api/ContractFulfillment", {
    body: {
      Ref: "R-1",
      SerialPk: 3000000000,
      CashPrice: 1234567.89,
      DeliveryDate: "2026-03-08T02:30:00",
      DeletedAccessoryIds: [3000000001],
      AddedAccessories: [{ Desc: "Case", Price: 12.5 }],
    },
  });
  print("ContractFulfillment", {
    Ref: fulfillment.data?.MassUpdateErrors?.[0]?.Ref,
    StatusCode: fulfillment.data?.Status?.StatusCode,
  });

  const serial = await client.POST("/api/C2BSetContractSerial", {
    body: { Ref: "R-3", Unlock: true },
  });
  print("C2BSetContractSerial", { StatusCode: serial.data?.Status?.StatusCode });

  const contract = await client.POST("/api/C2BPostContract", {
    body: {
      InstrumentId: 3000000000,
      Rate: { MoPay: 12.5, Months: 3 },
      AccessoryIdList: [3000000001, 7],
      CustomerInfo: { Name: "Zoë Ng", Email: "zoe@example.com" },
    },
  });
  print("C2BPostContract", {
    WebRef: contract.data?.WebRef,
    PaymentRequired: contract.data?.PaymentRequired,
  });

  const posted = await client.POST("/api/GetContractDetails", { body: { Ref: "R-1" } });
  const got = await client.GET("/api/GetContractDetails", {
    params: { query: { Ref: "R-1 & ü", Sub: 2 } },
  });
  for (const [call, details] of [
    ["GetContractDetails", posted.data],
    ["GetContractDetailsGet", got.data],
  ] as const) {
    print(call, {
      StudentName: details?.StudentName,
      NextDueDate: details?.NextDueDate,
      PaymentAmount: details?.PaymentAmount,
      TotalDue: details?.TotalDue,
      Amount: details?.Payments?.[0]?.Amount,
    });
  }

  const access = await client.GET("/api/CustomerAccessToken", {
    params: { query: { Acct: 20417, Mode: "UPDATE_CARD", ItemKey: 3000000000 } },
  });
  print("CustomerAccessToken", {
    Token: access.data?.Token,
    AccountManagementUrl: access.data?.AccountManagementUrl,
  });

  const endPoint = await client.GET("/api/GetEndPoint");
  print("GetEndPoint", {
    NewEndpointDomain: endPoint.data?.NewEndpointDomain,
    OAuthToken: endPoint.data?.OAuthToken,
  });

  const login = await client.POST("/api/Security", {
    body: { Username: "zoe@example.com", Password: 'pass "wörd" & more', AppID: env("AIM_APP_ID") },
  });
  print("Security", {
    Token: login.data?.Token,
    Firstname: login.data?.UserDetails?.Firstname,
    AccountNumber: login.data?.UserDetails?.AccountNumber,
  });
}

// Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
// and looked up before anyone books again.
function isBooked(answer: components["schemas"]["C2BPostContractResponse"]): boolean {
  const { StatusCode, ErrorCode, ErrorDisplayText, ErrorMessage } = answer.Status ?? {};
  return (
    !!answer.WebRef?.trim() &&
    !("ResponseStatus" in answer) &&
    [StatusCode, ErrorCode, ErrorDisplayText, ErrorMessage].every((text) =>
      ["", "ok", "success", "0"].includes((text ?? "").trim().toLowerCase()),
    )
  );
}

// After a read, so that the booking may use the connection again.
async function book() {
  await client.POST("/api/GetContractDetails", { body: { Ref: "R-104233" } });
  let status: number | undefined;
  try {
    const { data, response } = await client.POST("/api/C2BPostContract", {
      body: { InstrumentId: 7301, RateId: 90210, CusAcct: 20417 },
      // An HTML page is no JSON: what it is is told by the status.
      parseAs: "stream",
    });
    status = response.status;
    const answer = data && JSON.parse(await new Response(data as unknown as ReadableStream).text());
    if (response.ok && isBooked(answer)) {
      return console.log(JSON.stringify({ outcome: "booked" }));
    }
  } catch (error) {
    console.error(String(error));
  }
  console.log(JSON.stringify({ outcome: "error", status }));
}

await (process.argv[2] === "book" ? book() : calls());
