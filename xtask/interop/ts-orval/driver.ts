import {
  c2BPostContract,
  c2BSetContractSerial,
  contractFulfillment,
  customerAccessToken,
  getContractDetails,
  getContractDetailsGet,
  getEndPoint,
  postServiceTicket,
  security,
  type C2BPostContractResponse,
} from "./aim.js";
import { AimError } from "./aim-fetch.js";

const env = (name: string) => process.env[name] ?? "";

function print(call: string, read: Record<string, unknown>) {
  console.log(JSON.stringify({ call, read }));
}

async function calls() {
  const ticket = await postServiceTicket({
    RefNumber: "WEB-1",
    CustomerInfo: { WebId: 2147483647, Name: "山田 🎻", Email: "yamada@example.com" },
    FormInputList: [{ Key: "CELLPHONE", Value: "555-0143", Encrypted: false }],
    Notes: 'a "quoted" line, and <more>',
  });
  print("PostServiceTicket", {
    WebRef: ticket.WebRef,
    StatusCode: ticket.Status?.StatusCode,
  });

  const fulfillment = await contractFulfillment({
    Ref: "R-1",
    SerialPk: 3000000000,
    CashPrice: 1234567.89,
    DeliveryDate: "2026-03-08T02:30:00",
    DeletedAccessoryIds: [3000000001],
    AddedAccessories: [{ Desc: "Case", Price: 12.5 }],
  });
  print("ContractFulfillment", {
    Ref: fulfillment.MassUpdateErrors?.[0]?.Ref,
    StatusCode: fulfillment.Status?.StatusCode,
  });

  const serial = await c2BSetContractSerial({ Ref: "R-3", Unlock: true });
  print("C2BSetContractSerial", { StatusCode: serial.Status?.StatusCode });

  const contract = await c2BPostContract({
    InstrumentId: 3000000000,
    Rate: { MoPay: 12.5, Months: 3 },
    AccessoryIdList: [3000000001, 7],
    CustomerInfo: { Name: "Zoë Ng", Email: "zoe@example.com" },
  });
  print("C2BPostContract", {
    WebRef: contract.WebRef,
    PaymentRequired: contract.PaymentRequired,
  });

  const posted = await getContractDetails({ Ref: "R-1" });
  const got = await getContractDetailsGet({ Ref: "R-1 & ü", Sub: 2 });
  for (const [call, details] of [
    ["GetContractDetails", posted],
    ["GetContractDetailsGet", got],
  ] as const) {
    print(call, {
      StudentName: details.StudentName,
      NextDueDate: details.NextDueDate,
      PaymentAmount: details.PaymentAmount,
      TotalDue: details.TotalDue,
      Amount: details.Payments?.[0]?.Amount,
    });
  }

  const access = await customerAccessToken({ Acct: 20417, Mode: "UPDATE_CARD", ItemKey: 3000000000 });
  print("CustomerAccessToken", {
    Token: access.Token,
    AccountManagementUrl: access.AccountManagementUrl,
  });

  const endPoint = await getEndPoint();
  print("GetEndPoint", {
    NewEndpointDomain: endPoint.NewEndpointDomain,
    OAuthToken: endPoint.OAuthToken,
  });

  const login = await security({
    Username: "zoe@example.com",
    Password: 'pass "wörd" & more',
    AppID: env("AIM_APP_ID"),
  });
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
  await getContractDetails({ Ref: "R-104233" });
  try {
    const answer = await c2BPostContract({ InstrumentId: 7301, RateId: 90210, CusAcct: 20417 });
    console.log(JSON.stringify({ outcome: isBooked(answer) ? "booked" : "error" }));
  } catch (error) {
    const status = error instanceof AimError ? error.status : undefined;
    console.log(JSON.stringify({ outcome: "error", status }));
  }
}

await (process.argv[2] === "book" ? book() : calls());
