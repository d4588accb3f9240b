using System.Text.Json;
using Aim;
using Aim.Models;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

// Not the handlers of KiotaClientFactory: they send a booking again, up to three times, after a 503.
using var http = new HttpClient(new JsonOnly
{
    InnerHandler = new HttpClientHandler
    {
        // Otherwise a redirect carries the keys, and with a 307 the whole request, to another host.
        AllowAutoRedirect = false,
    },
});
http.DefaultRequestHeaders.Add("ApiKey", Env("AIM_API_KEY"));
http.DefaultRequestHeaders.Add("AppId", Env("AIM_APP_ID"));
http.DefaultRequestHeaders.Add("Token", Env("AIM_TOKEN"));
var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http)
{
    BaseUrl = Env("AIM_BASE_URL"),
};
var client = new AimClient(adapter);

await (args.FirstOrDefault() == "book" ? Book() : Calls());

async Task Calls()
{
    var ticket = await client.Api.PostServiceTicket.PostAsync(new PostServiceTicketRequest
    {
        RefNumber = "WEB-1",
        CustomerInfo = new CustomerInfo { WebId = 2147483647, Name = "山田 🎻", Email = "yamada@example.com" },
        FormInputList = [new FormInput { Key = "CELLPHONE", Value = "555-0143", Encrypted = false }],
        Notes = "a \"quoted\" line, and <more>",
    });
    Show("PostServiceTicket", new { ticket?.WebRef, ticket?.Status?.StatusCode });

    var fulfillment = await client.Api.ContractFulfillment.PostAsync(new ContractFulfillmentRequest
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

    var serial = await client.Api.C2BSetContractSerial.PostAsync(new ContractFulfillmentRequest { Ref = "R-3", Unlock = true });
    Show("C2BSetContractSerial", new { serial?.Status?.StatusCode });

    var contract = await client.Api.C2BPostContract.PostAsync(new C2BPostContractRequest
    {
        InstrumentId = 3000000000,
        Rate = new Rate { MoPay = 12.50m, Months = 3 },
        AccessoryIdList = [3000000001, 7],
        CustomerInfo = new CustomerInfo { Name = "Zoë Ng", Email = "zoe@example.com" },
    });
    Show("C2BPostContract", new { contract?.WebRef, contract?.PaymentRequired });

    ShowDetails("GetContractDetails", await client.Api.GetContractDetails.PostAsync(new GetContractDetailsRequest { Ref = "R-1" }));
    ShowDetails("GetContractDetailsGet", await client.Api.GetContractDetails.GetAsync(request =>
    {
        request.QueryParameters.Ref = "R-1 & ü";
        request.QueryParameters.Sub = 2;
    }));

    var access = await client.Api.CustomerAccessToken.GetAsync(request =>
    {
        request.QueryParameters.Acct = 20417;
        request.QueryParameters.Mode = "UPDATE_CARD";
        request.QueryParameters.ItemKey = 3000000000;
    });
    Show("CustomerAccessToken", new { access?.Token, access?.AccountManagementUrl });

    var endPoint = await client.Api.GetEndPoint.GetAsync();
    Show("GetEndPoint", new { endPoint?.NewEndpointDomain, endPoint?.OAuthToken });

    var login = await client.Api.Security.PostAsync(new SecurityRequest
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
    await client.Api.GetContractDetails.PostAsync(new GetContractDetailsRequest { Ref = "R-104233" });
    try
    {
        var contract = await client.Api.C2BPostContract.PostAsync(
            new C2BPostContractRequest { InstrumentId = 7301, RateId = 90210, CusAcct = 20417 });
        Print(new { outcome = IsBooked(contract) ? "booked" : "error" });
    }
    // An answer of JSON that is no success.
    catch (ApiException error)
    {
        Print(new { outcome = "error", status = error.ResponseStatusCode });
    }
    // No answer, none in time, or one that cannot be read, which may have a status.
    catch (Exception error)
    {
        Console.Error.WriteLine(error.Message);
        Print(new { outcome = "error", status = (int?)(error as HttpRequestException)?.StatusCode });
    }
}

// Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
// and looked up before anyone books again.
static bool IsBooked(C2BPostContractResponse? contract) =>
    !string.IsNullOrWhiteSpace(contract?.WebRef)
    && !contract.AdditionalData.ContainsKey("ResponseStatus")
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

// Of any other answer Kiota says only that it has no parser for it.
sealed class JsonOnly : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellation)
    {
        var response = await base.SendAsync(request, cancellation);
        if (response.Content.Headers.ContentType?.MediaType == "application/json")
        {
            return response;
        }
        var status = response.StatusCode;
        response.Dispose();
        throw new HttpRequestException($"the answer is no JSON, with status {(int)status}", null, status);
    }
}
