using System.Text.Json;
using System.Text.Json.Serialization;
using Aim;

using var http = new HttpClient(new HttpClientHandler
{
    // Otherwise a redirect carries the keys, and with a 307 the whole request, to another host.
    AllowAutoRedirect = false,
});
http.DefaultRequestHeaders.Add("ApiKey", Env("AIM_API_KEY"));
http.DefaultRequestHeaders.Add("AppId", Env("AIM_APP_ID"));
http.DefaultRequestHeaders.Add("Token", Env("AIM_TOKEN"));
var client = new AimClient(http) { BaseUrl = Env("AIM_BASE_URL") };

await (args.FirstOrDefault() == "book" ? Book() : Calls());

async Task Calls()
{
    var ticket = await client.PostServiceTicketAsync(new PostServiceTicketRequest
    {
        RefNumber = "WEB-1",
        CustomerInfo = new CustomerInfo { WebId = 2147483647, Name = "山田 🎻", Email = "yamada@example.com" },
        FormInputList = [new FormInput { Key = "CELLPHONE", Value = "555-0143", Encrypted = false }],
        Notes = "a \"quoted\" line, and <more>",
    });
    Show("PostServiceTicket", new { ticket?.WebRef, ticket?.Status?.StatusCode });

    var fulfillment = await client.ContractFulfillmentAsync(new ContractFulfillmentRequest
    {
        Ref = "R-1",
        SerialPk = 3000000000,
        CashPrice = 1234567.89m,
        DeliveryDate = "2026-03-08T02:30:00",
        DeletedAccessoryIds = [3000000001],
        AddedAccessories = [new Accessory { Desc = "Case", Price = 12.50m }],
    });
    Show("ContractFulfillment", new
    {
        fulfillment?.MassUpdateErrors?.FirstOrDefault()?.Ref,
        fulfillment?.Status?.StatusCode,
    });

    var serial = await client.C2BSetContractSerialAsync(new ContractFulfillmentRequest { Ref = "R-3", Unlock = true });
    Show("C2BSetContractSerial", new { serial?.Status?.StatusCode });

    var contract = await client.C2BPostContractAsync(new C2BPostContractRequest
    {
        InstrumentId = 3000000000,
        Rate = new Rate { MoPay = 12.50m, Months = 3 },
        AccessoryIdList = [3000000001, 7],
        CustomerInfo = new CustomerInfo { Name = "Zoë Ng", Email = "zoe@example.com" },
    });
    Show("C2BPostContract", new { contract?.WebRef, contract?.PaymentRequired });

    ShowDetails("GetContractDetails", await client.GetContractDetailsAsync(new GetContractDetailsRequest { Ref = "R-1" }));
    ShowDetails("GetContractDetailsGet", await client.GetContractDetailsGetAsync("R-1 & ü", 2));

    var access = await client.CustomerAccessTokenAsync(20417, "UPDATE_CARD", 3000000000);
    Show("CustomerAccessToken", new { access?.Token, access?.AccountManagementUrl });

    var endPoint = await client.GetEndPointAsync();
    Show("GetEndPoint", new { endPoint?.NewEndpointDomain, endPoint?.OAuthToken });

    var login = await client.SecurityAsync(new SecurityRequest
    {
        Username = "zoe@example.com",
        Password = "pass \"wörd\" & more",
        AppID = Env("AIM_APP_ID"),
    });
    Show("Security", new { login?.Token, login?.UserDetails?.Firstname, login?.UserDetails?.AccountNumber });
}

// After a read, so that the booking may use the connection again.
async Task Book()
{
    await client.GetContractDetailsAsync(new GetContractDetailsRequest { Ref = "R-104233" });
    try
    {
        var contract = await client.C2BPostContractAsync(
            new C2BPostContractRequest { InstrumentId = 7301, RateId = 90210, CusAcct = 20417 });
        Print(new { outcome = IsBooked(contract) ? "booked" : "error" });
    }
    // An answer that is no success, an HTML page, too.
    catch (ApiException error)
    {
        Print(new { outcome = "error", status = error.StatusCode });
    }
    // No answer, or none in time.
    catch (Exception error)
    {
        Console.Error.WriteLine(error.Message);
        Print(new { outcome = "error" });
    }
}

// Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
// and looked up before anyone books again.
static bool IsBooked(C2BPostContractResponse? contract) =>
    !string.IsNullOrWhiteSpace(contract?.WebRef)
    && !contract.AdditionalProperties.ContainsKey("ResponseStatus")
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

namespace Aim
{
    public partial class AimClient
    {
        // Leave a member out instead of sending null.
        static partial void UpdateJsonSerializerSettings(JsonSerializerOptions settings) =>
            settings.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
    }
}
