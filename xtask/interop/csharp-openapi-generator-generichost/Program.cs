using System.Text.Json;
using Aim.Api;
using Aim.Client;
using Aim.Extensions;
using Aim.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.ConfigureApi(options =>
{
    // The default prefix is "Bearer ".
    options.AddTokens<ApiKeyToken>(new[]
    {
        new ApiKeyToken(Env("AIM_API_KEY"), ClientUtils.ApiKeyHeader.ApiKey, prefix: ""),
        new ApiKeyToken(Env("AIM_APP_ID"), ClientUtils.ApiKeyHeader.AppId, prefix: ""),
    });
    options.AddApiHttpClients(
        client =>
        {
            client.BaseAddress = new Uri(Env("AIM_BASE_URL"));
            client.DefaultRequestHeaders.Add("Token", Env("AIM_TOKEN"));
        },
        // Without AddRetryPolicy, which sends a booking again after a 503.
        client => client.ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler
        {
            // Otherwise a redirect carries the keys, and with a 307 the whole request, to another host.
            AllowAutoRedirect = false,
        }));
});
using var host = builder.Build();
var tickets = host.Services.GetRequiredService<IServiceTicketsApi>();
var contracts = host.Services.GetRequiredService<IContractsApi>();
var customers = host.Services.GetRequiredService<ICustomersApi>();
var signIn = host.Services.GetRequiredService<ISignInApi>();

await (args.FirstOrDefault() == "book" ? Book() : Calls());

async Task Calls()
{
    var ticket = (await tickets.PostServiceTicketAsync(new PostServiceTicketRequest(
        refNumber: "WEB-1",
        customerInfo: new CustomerInfo(webId: 2147483647, name: "山田 🎻", email: "yamada@example.com"),
        formInputList: new List<FormInput> { new FormInput("CELLPHONE", "555-0143", false) },
        notes: "a \"quoted\" line, and <more>"))).Ok();
    Show("PostServiceTicket", new { ticket?.WebRef, ticket?.Status?.StatusCode });

    var fulfillment = (await contracts.ContractFulfillmentAsync(new ContractFulfillmentRequest(
        @ref: "R-1",
        serialPk: 3000000000L,
        cashPrice: 1234567.89,
        deliveryDate: "2026-03-08T02:30:00",
        deletedAccessoryIds: new List<long> { 3000000001 },
        addedAccessories: new List<Accessory> { new Accessory(desc: "Case", price: 12.50) }))).Ok();
    Show("ContractFulfillment", new
    {
        fulfillment?.MassUpdateErrors?.FirstOrDefault()?.Ref,
        fulfillment?.Status?.StatusCode,
    });

    var serial = (await contracts.C2BSetContractSerialAsync(new ContractFulfillmentRequest(@ref: "R-3", unlock: true))).Ok();
    Show("C2BSetContractSerial", new { serial?.Status?.StatusCode });

    var contract = (await contracts.C2BPostContractAsync(new C2BPostContractRequest(
        instrumentId: 3000000000L,
        rate: new Rate(moPay: 12.50, months: 3),
        accessoryIdList: new List<long> { 3000000001, 7 },
        customerInfo: new CustomerInfo(name: "Zoë Ng", email: "zoe@example.com")))).Ok();
    Show("C2BPostContract", new { contract?.WebRef, contract?.PaymentRequired });

    ShowDetails("GetContractDetails", (await contracts.GetContractDetailsAsync(new GetContractDetailsRequest(@ref: "R-1"))).Ok());
    ShowDetails("GetContractDetailsGet", (await contracts.GetContractDetailsGetAsync("R-1 & ü", 2)).Ok());

    var access = (await customers.CustomerAccessTokenAsync(20417, "UPDATE_CARD", 3000000000L)).Ok();
    Show("CustomerAccessToken", new { access?.Token, access?.AccountManagementUrl });

    var endPoint = (await signIn.GetEndPointAsync()).Ok();
    Show("GetEndPoint", new { endPoint?.NewEndpointDomain, endPoint?.OAuthToken });

    var login = (await signIn.SecurityAsync(new SecurityRequest(
        username: "zoe@example.com",
        password: "pass \"wörd\" & more",
        appID: Env("AIM_APP_ID")))).Ok();
    Show("Security", new { login?.Token, login?.UserDetails?.Firstname, login?.UserDetails?.AccountNumber });
}

// After a read, so that the booking may use the connection again.
async Task Book()
{
    await contracts.GetContractDetailsAsync(new GetContractDetailsRequest(@ref: "R-104233"));
    try
    {
        var answer = await contracts.C2BPostContractAsync(
            new C2BPostContractRequest(instrumentId: 7301L, rateId: 90210L, cusAcct: 20417));
        // Null with any other status than 200.
        var contract = answer.Ok();
        if (IsBooked(contract, answer.RawContent))
        {
            Print(new { outcome = "booked" });
        }
        else
        {
            Print(new { outcome = "error", status = (int)answer.StatusCode });
        }
    }
    // No answer, none in time, or one that cannot be read.
    catch (Exception error)
    {
        Console.Error.WriteLine(error.Message);
        Print(new { outcome = "error" });
    }
}

// Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
// and looked up before anyone books again.
static bool IsBooked(C2BPostContractResponse? contract, string content) =>
    !string.IsNullOrWhiteSpace(contract?.WebRef)
    // Of such a member the type knows nothing.
    && !JsonDocument.Parse(content).RootElement.TryGetProperty("ResponseStatus", out _)
    && new[]
    {
        contract.Status?.StatusCode,
        contract.Status?.ErrorCode,
        contract.Status?.ErrorDisplayText,
        contract.Status?.ErrorMessage,
    }.All(text => (text ?? "").Trim().ToLowerInvariant() is "" or "ok" or "success" or "0");

static void ShowDetails(string call, GetContractDetailsResponse? details) => Show(call, new
{
    details?.StudentName,
    details?.NextDueDate,
    details?.PaymentAmount,
    details?.TotalDue,
    details?.Payments?.FirstOrDefault()?.Amount,
});

static string Env(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set");

static void Show(string call, object read) => Print(new { call, read });

static void Print(object line) => Console.WriteLine(JsonSerializer.Serialize(line));
