import {
  C2BPostContractResponseFromJSON,
  Configuration,
  ContractsApi,
  CustomersApi,
  ResponseError,
  ServiceTicketsApi,
  SignInApi,
  type GetContractDetailsResponse,
} from "./client/index.js";

const env = (name: string) => process.env[name] ?? "";

const configuration = new Configuration({
  basePath: env("AIM_BASE_URL"),
  apiKey: (name) => (name === "ApiKey" ? env("AIM_API_KEY") : env("AIM_APP_ID")),
  headers: { Accept: "application/json", Token: env("AIM_TOKEN") },
  // A redirect is an error: fetch would carry the keys along.
  fetchApi: (url, init) => fetch(url, { ...init, redirect: "error" }),
});
const contracts = new ContractsApi(configuration);
const tickets = new ServiceTicketsApi(configuration);
const customers = new CustomersApi(configuration);
const signIn = new SignInApi(configuration);

function print(call: string, read: Record<string, unknown>) {
  console.log(JSON.stringify({ call, read }));
}

function printDetails(call: string, details: GetContractDetailsResponse) {
  print(call, {
    StudentName: details.studentName,
    NextDueDate: details.nextDueDate,
    PaymentAmount: details.paymentAmount,
    TotalDue: details.totalDue,
    Amount: details.payments?.[0]?.amount,
  });
}

async function calls() {
  const ticket = await tickets.postServiceTicket({
    postServiceTicketRequest: {
      refNumber: "WEB-1",
      customerInfo: { webId: 2147483647, name: "山田 🎻", email: "yamada@example.com" },
      formInputList: [{ key: "CELLPHONE", value: "555-0143", encrypted: false }],
      notes: 'a "quoted" line, and <more>',
    },
  });
  print("PostServiceTicket", { WebRef: ticket.webRef, StatusCode: ticket.status?.statusCode });

  const fulfillment = await contracts.contractFulfillment({
    contractFulfillmentRequest: {
      ref: "R-1",
      serialPk: 3000000000,
      cashPrice: 1234567.89,
      deliveryDate: "2026-03-08T02:30:00",
      deletedAccessoryIds: [3000000001],
      addedAccessories: [{ desc: "Case", price: 12.5 }],
    },
  });
  print("ContractFulfillment", {
    Ref: fulfillment.massUpdateErrors?.[0]?.ref,
    StatusCode: fulfillment.status?.statusCode,
  });

  const serial = await contracts.c2BSetContractSerial({
    contractFulfillmentRequest: { ref: "R-3", unlock: true },
  });
  print("C2BSetContractSerial", { StatusCode: serial.status?.statusCode });

  const contract = await contracts.c2BPostContract({
    c2BPostContractRequest: {
      instrumentId: 3000000000,
      rate: { moPay: 12.5, months: 3 },
      accessoryIdList: [3000000001, 7],
      customerInfo: { name: "Zoë Ng", email: "zoe@example.com" },
    },
  });
  print("C2BPostContract", {
    WebRef: contract.webRef,
    PaymentRequired: contract.paymentRequired,
  });

  printDetails(
    "GetContractDetails",
    await contracts.getContractDetails({ getContractDetailsRequest: { ref: "R-1" } }),
  );
  printDetails(
    "GetContractDetailsGet",
    await contracts.getContractDetailsGet({ ref: "R-1 & ü", sub: 2 }),
  );

  const access = await customers.customerAccessToken({
    acct: 20417,
    mode: "UPDATE_CARD",
    itemKey: 3000000000,
  });
  print("CustomerAccessToken", {
    Token: access.token,
    AccountManagementUrl: access.accountManagementUrl,
  });

  const endPoint = await signIn.getEndPoint();
  print("GetEndPoint", {
    NewEndpointDomain: endPoint.newEndpointDomain,
    OAuthToken: endPoint.oAuthToken,
  });

  const login = await signIn.security({
    securityRequest: {
      username: "zoe@example.com",
      password: 'pass "wörd" & more',
      appID: env("AIM_APP_ID"),
    },
  });
  print("Security", {
    Token: login.token,
    Firstname: login.userDetails?.firstname,
    AccountNumber: login.userDetails?.accountNumber,
  });
}

// Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
// and looked up before anyone books again.
function isBooked(answer: object): boolean {
  const { webRef, status } = C2BPostContractResponseFromJSON(answer);
  return (
    !!webRef?.trim() &&
    // Of such a member the type knows nothing.
    !("ResponseStatus" in answer) &&
    [status?.statusCode, status?.errorCode, status?.errorDisplayText, status?.errorMessage].every(
      (text) => ["", "ok", "success", "0"].includes((text ?? "").trim().toLowerCase()),
    )
  );
}

// After a read, so that the booking may use the connection again.
async function book() {
  await contracts.getContractDetails({ getContractDetailsRequest: { ref: "R-104233" } });
  try {
    const { raw } = await contracts.c2BPostContractRaw({
      c2BPostContractRequest: { instrumentId: 7301, rateId: 90210, cusAcct: 20417 },
    });
    console.log(JSON.stringify({ outcome: isBooked(await raw.json()) ? "booked" : "error" }));
  } catch (error) {
    const status = error instanceof ResponseError ? error.response.status : undefined;
    console.log(JSON.stringify({ outcome: "error", status }));
  }
}

await (process.argv[2] === "book" ? book() : calls());
