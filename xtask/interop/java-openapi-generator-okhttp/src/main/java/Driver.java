import aim.ApiClient;
import aim.ApiException;
import aim.JSON;
import aim.api.ContractsApi;
import aim.api.CustomersApi;
import aim.api.ServiceTicketsApi;
import aim.api.SignInApi;
import aim.model.*;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import okhttp3.OkHttpClient;

public class Driver {
    public static void main(String[] arguments) throws ApiException {
        // The server drops an amount that has an exponent.
        JSON.setGson(JSON.getGson().newBuilder()
                .registerTypeAdapter(BigDecimal.class, (JsonSerializer<BigDecimal>) (amount, type, context) ->
                        new JsonPrimitive(amount.setScale(Math.max(amount.scale(), 0))))
                .create());
        var http = new OkHttpClient.Builder()
                .callTimeout(Duration.ofSeconds(100))
                // Otherwise a booking is sent again when the connection breaks,
                .retryOnConnectionFailure(false)
                // and after a 503 with `Retry-After: 0`.
                .addNetworkInterceptor(chain -> chain.proceed(chain.request()).newBuilder()
                        .removeHeader("Retry-After")
                        .build())
                // Otherwise a redirect carries the keys to another host.
                .followRedirects(false)
                .build();
        var client = new ApiClient(http)
                .setBasePath(System.getenv("AIM_BASE_URL"))
                // A connection that waited too long breaks: each call gets its own.
                .addDefaultHeader("Connection", "close")
                .addDefaultHeader("ApiKey", System.getenv("AIM_API_KEY"))
                .addDefaultHeader("AppId", System.getenv("AIM_APP_ID"))
                .addDefaultHeader("Token", System.getenv("AIM_TOKEN"));
        if (arguments.length > 0 && arguments[0].equals("book")) {
            book(client);
        } else {
            calls(client);
        }
    }

    private static void calls(ApiClient client) throws ApiException {
        var tickets = new ServiceTicketsApi(client);
        var contracts = new ContractsApi(client);
        var signIn = new SignInApi(client);

        var ticket = tickets.postServiceTicket(new PostServiceTicketRequest()
                .refNumber("WEB-1")
                .customerInfo(new CustomerInfo().webId(2147483647).name("山田 🎻").email("yamada@example.com"))
                .addFormInputListItem(new FormInput().key("CELLPHONE").value("555-0143").encrypted(false))
                .notes("a \"quoted\" line, and <more>"));
        show("PostServiceTicket", read("WebRef", ticket.getWebRef(), "StatusCode", statusCode(ticket.getStatus())));

        var fulfillment = contracts.contractFulfillment(new ContractFulfillmentRequest()
                .ref("R-1")
                .serialPk(3000000000L)
                .cashPrice(new BigDecimal("1234567.89"))
                .deliveryDate("2026-03-08T02:30:00")
                .addDeletedAccessoryIdsItem(3000000001L)
                .addAddedAccessoriesItem(new Accessory().desc("Case").price(new BigDecimal("12.50"))));
        var failed = fulfillment.getMassUpdateErrors();
        show("ContractFulfillment", read(
                "Ref", failed == null || failed.isEmpty() ? null : failed.get(0).getRef(),
                "StatusCode", statusCode(fulfillment.getStatus())));

        var serial = contracts.c2BSetContractSerial(new ContractFulfillmentRequest().ref("R-3").unlock(true));
        show("C2BSetContractSerial", read("StatusCode", statusCode(serial.getStatus())));

        var contract = contracts.c2BPostContract(new C2BPostContractRequest()
                .instrumentId(3000000000L)
                .rate(new Rate().moPay(new BigDecimal("12.50")).months(3))
                .accessoryIdList(List.of(3000000001L, 7L))
                .customerInfo(new CustomerInfo().name("Zoë Ng").email("zoe@example.com")));
        show("C2BPostContract", read(
                "WebRef", contract.getWebRef(),
                "PaymentRequired", contract.getPaymentRequired()));

        showDetails("GetContractDetails", contracts.getContractDetails(new GetContractDetailsRequest().ref("R-1")));
        showDetails("GetContractDetailsGet", contracts.getContractDetailsGet("R-1 & ü", 2));

        var access = new CustomersApi(client).customerAccessToken(20417, "UPDATE_CARD", 3000000000L);
        show("CustomerAccessToken", read(
                "Token", access.getToken(),
                "AccountManagementUrl", access.getAccountManagementUrl()));

        var endPoint = signIn.getEndPoint();
        show("GetEndPoint", read(
                "NewEndpointDomain", endPoint.getNewEndpointDomain(),
                "OAuthToken", endPoint.getOauthToken()));

        var login = signIn.security(new SecurityRequest()
                .username("zoe@example.com")
                .password("pass \"wörd\" & more")
                .appID(System.getenv("AIM_APP_ID")));
        var user = login.getUserDetails();
        show("Security", read(
                "Token", login.getToken(),
                "Firstname", user == null ? null : user.getFirstname(),
                "AccountNumber", user == null ? null : user.getAccountNumber()));
    }

    /** After a read, so that the booking may use the connection again. */
    private static void book(ApiClient client) throws ApiException {
        var contracts = new ContractsApi(client);
        contracts.getContractDetails(new GetContractDetailsRequest().ref("R-104233"));
        try {
            var contract = contracts.c2BPostContract(
                    new C2BPostContractRequest().instrumentId(7301L).rateId(90210L).cusAcct(20417));
            print(Map.of("outcome", isBooked(contract) ? "booked" : "error"));
        } catch (ApiException error) {
            System.err.println(error.getMessage());
            // 0 if there was no answer.
            print(Map.of("outcome", "error", "status", error.getCode()));
        } catch (JsonParseException error) {
            // An answer that cannot be read.
            System.err.println(error.getMessage());
            print(Map.of("outcome", "error"));
        }
    }

    /**
     * Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely
     * refused, and looked up before anyone books again.
     */
    private static boolean isBooked(C2BPostContractResponse contract) {
        if (contract == null || contract.getWebRef() == null || contract.getWebRef().isBlank()
                || contract.getAdditionalProperty("ResponseStatus") != null) {
            return false;
        }
        var status = contract.getStatus();
        return status == null
                || isGood(status.getStatusCode()) && isGood(status.getErrorCode())
                && isGood(status.getErrorDisplayText()) && isGood(status.getErrorMessage());
    }

    private static boolean isGood(String text) {
        return text == null || Set.of("", "ok", "success", "0").contains(text.strip().toLowerCase(Locale.ROOT));
    }

    private static String statusCode(BaseResponseResult status) {
        return status == null ? null : status.getStatusCode();
    }

    private static void showDetails(String call, GetContractDetailsResponse details) {
        var payments = details.getPayments();
        show(call, read(
                "StudentName", details.getStudentName(),
                "NextDueDate", details.getNextDueDate(),
                "PaymentAmount", details.getPaymentAmount(),
                "TotalDue", details.getTotalDue(),
                "Amount", payments == null || payments.isEmpty() ? null : payments.get(0).getAmount()));
    }

    private static Map<String, Object> read(Object... pairs) {
        var values = new HashMap<String, Object>();
        for (int at = 0; at < pairs.length; at += 2) {
            values.put((String) pairs[at], pairs[at + 1]);
        }
        return values;
    }

    private static void show(String call, Map<String, Object> values) {
        print(Map.of("call", call, "read", values));
    }

    private static void print(Map<String, Object> line) {
        System.out.writeBytes(JSON.serialize(line).getBytes(StandardCharsets.UTF_8));
        System.out.println();
    }
}
