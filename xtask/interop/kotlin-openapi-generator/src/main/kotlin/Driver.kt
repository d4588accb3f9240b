import aim.apis.ContractsApi
import aim.apis.CustomersApi
import aim.apis.ServiceTicketsApi
import aim.apis.SignInApi
import aim.infrastructure.Serializer
import aim.infrastructure.Success
import aim.models.*
import com.fasterxml.jackson.core.JsonGenerator
import com.fasterxml.jackson.core.JsonParser
import com.fasterxml.jackson.databind.DeserializationContext
import com.fasterxml.jackson.databind.JsonDeserializer
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler
import java.io.IOException
import java.math.BigDecimal
import java.time.Duration
import okhttp3.OkHttpClient

val baseUrl: String = System.getenv("AIM_BASE_URL")

val http = OkHttpClient.Builder()
    .callTimeout(Duration.ofSeconds(100))
    // Otherwise a redirect carries the keys to another host.
    .followRedirects(false)
    // Otherwise a booking is sent again when the connection breaks.
    .retryOnConnectionFailure(false)
    .addNetworkInterceptor { chain ->
        val request = chain.request().newBuilder()
            // A connection that waited too long breaks: each call gets its own.
            .header("Connection", "close")
            .header("ApiKey", System.getenv("AIM_API_KEY"))
            .header("AppId", System.getenv("AIM_APP_ID"))
            .header("Token", System.getenv("AIM_TOKEN"))
            .build()
        // Otherwise a booking is sent again after a 503 with `Retry-After: 0`.
        chain.proceed(request).newBuilder().removeHeader("Retry-After").build()
    }
    .build()

val tickets = ServiceTicketsApi(baseUrl, http)
val contracts = ContractsApi(baseUrl, http)
val customers = CustomersApi(baseUrl, http)
val signIn = SignInApi(baseUrl, http)

fun main(arguments: Array<String>) {
    // The server drops an amount that has an exponent.
    Serializer.jacksonObjectMapper.configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, true)
    Serializer.jacksonObjectMapper.addHandler(RefuseException)
    if (arguments.firstOrNull() == "book") book() else calls()
}

/** An exception is no success whatever stands beside it, of which the types know nothing. */
object RefuseException : DeserializationProblemHandler() {
    override fun handleUnknownProperty(
        context: DeserializationContext,
        parser: JsonParser,
        deserializer: JsonDeserializer<*>?,
        bean: Any,
        name: String,
    ): Boolean {
        if (name == "ResponseStatus") throw IOException("the answer has a ResponseStatus")
        return false
    }
}

fun calls() {
    val ticket = tickets.postServiceTicket(
        PostServiceTicketRequest(
            refNumber = "WEB-1",
            customerInfo = CustomerInfo(name = "山田 🎻", email = "yamada@example.com", webId = 2147483647),
            formInputList = listOf(FormInput(key = "CELLPHONE", value = "555-0143", encrypted = false)),
            notes = "a \"quoted\" line, and <more>",
        )
    )
    show("PostServiceTicket", "WebRef" to ticket.webRef, "StatusCode" to ticket.status?.statusCode)

    val fulfillment = contracts.contractFulfillment(
        ContractFulfillmentRequest(
            ref = "R-1",
            serialPk = 3000000000,
            cashPrice = BigDecimal("1234567.89"),
            deliveryDate = "2026-03-08T02:30:00",
            deletedAccessoryIds = listOf(3000000001),
            addedAccessories = listOf(Accessory(desc = "Case", price = BigDecimal("12.50"))),
        )
    )
    show(
        "ContractFulfillment",
        "Ref" to fulfillment.massUpdateErrors?.firstOrNull()?.ref,
        "StatusCode" to fulfillment.status?.statusCode,
    )

    val serial = contracts.c2BSetContractSerial(ContractFulfillmentRequest(ref = "R-3", unlock = true))
    show("C2BSetContractSerial", "StatusCode" to serial.status?.statusCode)

    val contract = contracts.c2BPostContract(
        C2BPostContractRequest(
            instrumentId = 3000000000,
            rate = Rate(moPay = BigDecimal("12.50"), months = 3),
            accessoryIdList = listOf(3000000001, 7),
            customerInfo = CustomerInfo(name = "Zoë Ng", email = "zoe@example.com"),
        )
    )
    show("C2BPostContract", "WebRef" to contract.webRef, "PaymentRequired" to contract.paymentRequired)

    showDetails("GetContractDetails", contracts.getContractDetails(GetContractDetailsRequest(ref = "R-1")))
    showDetails("GetContractDetailsGet", contracts.getContractDetailsGet(ref = "R-1 & ü", sub = 2))

    val access = customers.customerAccessToken(acct = 20417, mode = "UPDATE_CARD", itemKey = 3000000000)
    show("CustomerAccessToken", "Token" to access.token, "AccountManagementUrl" to access.accountManagementUrl)

    val endPoint = signIn.getEndPoint()
    show("GetEndPoint", "NewEndpointDomain" to endPoint.newEndpointDomain, "OAuthToken" to endPoint.oauthToken)

    val login = signIn.security(
        SecurityRequest(
            username = "zoe@example.com",
            password = "pass \"wörd\" & more",
            appID = System.getenv("AIM_APP_ID"),
        )
    )
    show(
        "Security",
        "Token" to login.token,
        "Firstname" to login.userDetails?.firstname,
        "AccountNumber" to login.userDetails?.accountNumber,
    )
}

/** After a read, so that the booking may use the connection again. */
fun book() {
    contracts.getContractDetails(GetContractDetailsRequest(ref = "R-104233"))
    val line = try {
        val answer = contracts.c2BPostContractWithHttpInfo(
            C2BPostContractRequest(instrumentId = 7301, rateId = 90210, cusAcct = 20417)
        )
        val contract = (answer as? Success<*>)?.data as? C2BPostContractResponse
        if (isBooked(contract)) {
            mapOf("outcome" to "booked")
        } else {
            mapOf("outcome" to "error", "status" to answer.statusCode)
        }
    } catch (error: Exception) {
        // No answer, or none that can be read.
        mapOf("outcome" to "error", "reason" to error.message)
    }
    print(line)
}

/**
 * Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
 * and looked up before anyone books again.
 */
fun isBooked(contract: C2BPostContractResponse?): Boolean =
    !contract?.webRef.isNullOrBlank() &&
        with(contract?.status ?: BaseResponseResult()) {
            listOf(statusCode, errorCode, errorDisplayText, errorMessage).all {
                it.orEmpty().trim().lowercase() in setOf("", "ok", "success", "0")
            }
        }

fun showDetails(call: String, details: GetContractDetailsResponse) = show(
    call,
    "StudentName" to details.studentName,
    "NextDueDate" to details.nextDueDate,
    "PaymentAmount" to details.paymentAmount,
    "TotalDue" to details.totalDue,
    "Amount" to details.payments?.firstOrNull()?.amount,
)

fun show(call: String, vararg read: Pair<String, Any?>) = print(mapOf("call" to call, "read" to mapOf(*read)))

fun print(line: Map<String, Any?>) {
    System.out.writeBytes(Serializer.jacksonObjectMapper.writeValueAsBytes(line))
    println()
}
