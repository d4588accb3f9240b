import { JsonServiceClient } from "@servicestack/client";
import {
  C2BPostContract,
  C2BSetContractSerial,
  ContractFulfillment,
  CustomerAccessToken,
  GetContractDetails,
  GetEndPoint,
  PostServiceTicket,
  Security,
  type C2BPostContractResponse,
  type GetContractDetailsResponse,
} from "./aim.js";

const env = (name: string) => process.env[name] ?? "";

const client = new JsonServiceClient(env("AIM_BASE_URL"));
client.headers.set("ApiKey", env("AIM_API_KEY"));
client.headers.set("AppId", env("AIM_APP_ID"));
client.headers.set("Token", env("AIM_TOKEN"));
// A redirect is an error: fetch would carry the keys along.
client.requestFilter = (request) => {
  request.redirect = "error";
};
// The client's own error has no status where the answer is no `ResponseStatus`.
let status: number | undefined;
client.responseFilter = (response) => {
  status = response.status;
};

function print(call: string, read: Record<string, unknown>) {
  console.log(JSON.stringify({ call, read }));
}

function printDetails(call: string, details: GetContractDetailsResponse) {
  print(call, {
    StudentName: details.StudentName,
    NextDueDate: details.NextDueDate,
    PaymentAmount: details.PaymentAmount,
    TotalDue: details.TotalDue,
    Amount: details.Payments?.[0]?.Amount,
  });
}

async function calls() {
  const ticket = await client.post(
    new PostServiceTicket({
      RefNumber: "WEB-1",
      CustomerInfo: { WebId: 2147483647, Name: "山田 🎻", Email: "yamada@example.com" },
      FormInputList: [{ Key: "CELLPHONE", Value: "555-0143", Encrypted: false }],
      Notes: 'a "quoted" line, and <more>',
    }),
  );
  print("PostServiceTicket", { WebRef: ticket.WebRef, StatusCode: ticket.Status?.StatusCode });

  const fulfillment = await client.post(
    new ContractFulfillment({
      Ref: "R-1",
      SerialPk: 3000000000,
      CashPrice: 1234567.89,
      DeliveryDate: "2026-03-08T02:30:00",
      DeletedAccessoryIds: [3000000001],
      AddedAccessories: [{ Desc: "Case", Price: 12.5 }],
    }),
  );
  print("ContractFulfillment", {
    Ref: fulfillment.MassUpdateErrors?.[0]?.Ref,
    StatusCode: fulfillment.Status?.StatusCode,
  });

  const serial = await client.post(new C2BSetContractSerial({ Ref: "R-3", Unlock: true }));
  print("C2BSetContractSerial", { StatusCode: serial.Status?.StatusCode });

  const contract = await client.post(
    new C2BPostContract({
      InstrumentId: 3000000000,
      Rate: { MoPay: 12.5, Months: 3 },
      AccessoryIdList: [3000000001, 7],
      CustomerInfo: { Name: "Zoë Ng", Email: "zoe@example.com" },
    }),
  );
  print("C2BPostContract", {
    WebRef: contract.WebRef,
    PaymentRequired: contract.PaymentRequired,
  });

  printDetails("GetContractDetails", await client.post(new GetContractDetails({ Ref: "R-1" })));
  printDetails(
    "GetContractDetailsGet",
    await client.get(new GetContractDetails({ Ref: "R-1 & ü", Sub: 2 })),
  );

  const access = await client.get(
    new CustomerAccessToken({ Acct: 20417, Mode: "UPDATE_CARD", ItemKey: 3000000000 }),
  );
  print("CustomerAccessToken", {
    Token: access.Token,
    AccountManagementUrl: access.AccountManagementUrl,
  });

  const endPoint = await client.get(new GetEndPoint());
  print("GetEndPoint", {
    NewEndpointDomain: endPoint.NewEndpointDomain,
    OAuthToken: endPoint.OAuthToken,
  });

  const login = await client.post(
    new Security({
      Username: "zoe@example.com",
      Password: 'pass "wörd" & more',
      AppID: env("AIM_APP_ID"),
    }),
  );
  print("Security", {
    Token: login.Token,
    Firstname: login.UserDetails?.Firstname,
    AccountNumber: login.UserDetails?.AccountNumber,
  });
}

// Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
// and looked up before anyone books again.
function isBooked(answer: C2BPostContractResponse): boolean {
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
  await client.post(new GetContractDetails({ Ref: "R-104233" }));
  status = undefined;
  try {
    const answer = await client.post(
      new C2BPostContract({ InstrumentId: 7301, RateId: 90210, CusAcct: 20417 }),
    );
    console.log(JSON.stringify({ outcome: isBooked(answer) ? "booked" : "error" }));
  } catch {
    console.log(JSON.stringify({ outcome: "error", status }));
  }
}

await (process.argv[2] === "book" ? book() : calls());
