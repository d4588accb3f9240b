<?php

declare(strict_types=1);

use Aim\Api\ContractsApi;
use Aim\Api\CustomersApi;
use Aim\Api\ServiceTicketsApi;
use Aim\Api\SignInApi;
use Aim\ApiException;
use Aim\Configuration;
use Aim\Model\Accessory;
use Aim\Model\C2BPostContractRequest;
use Aim\Model\C2BPostContractResponse;
use Aim\Model\ContractFulfillmentRequest;
use Aim\Model\CustomerInfo;
use Aim\Model\FormInput;
use Aim\Model\GetContractDetailsRequest;
use Aim\Model\GetContractDetailsResponse;
use Aim\Model\PostServiceTicketRequest;
use Aim\Model\Rate;
use Aim\Model\SecurityRequest;
use GuzzleHttp\Client;
use GuzzleHttp\HandlerStack;
use GuzzleHttp\Middleware;
use Psr\Http\Message\ResponseInterface;

require __DIR__ . '/autoload.php';

// An exception is no success whatever stands beside it, of which the types know nothing.
$handler = HandlerStack::create();
$handler->push(Middleware::mapResponse(function (ResponseInterface $response): ResponseInterface {
    $answer = json_decode((string) $response->getBody(), true);
    if ($response->getStatusCode() === 200 && isset($answer['ResponseStatus'])) {
        throw new UnexpectedValueException('the answer has a ResponseStatus');
    }
    return $response;
}));

$http = new Client([
    'handler' => $handler,
    'timeout' => 100,
    // Otherwise a redirect carries the keys to another host.
    'allow_redirects' => false,
    // Otherwise curl sends a booking again when a connection breaks that it used before.
    'curl' => [CURLOPT_FORBID_REUSE => true],
    'headers' => [
        'ApiKey' => getenv('AIM_API_KEY'),
        'AppId' => getenv('AIM_APP_ID'),
        'Token' => getenv('AIM_TOKEN'),
    ],
]);
$config = (new Configuration())->setHost(getenv('AIM_BASE_URL'));
$tickets = new ServiceTicketsApi($http, $config);
$contracts = new ContractsApi($http, $config);
$customers = new CustomersApi($http, $config);
$signIn = new SignInApi($http, $config);

if (($argv[1] ?? '') === 'book') {
    book($contracts);
} else {
    calls($tickets, $contracts, $customers, $signIn);
}

function calls(ServiceTicketsApi $tickets, ContractsApi $contracts, CustomersApi $customers, SignInApi $signIn): void
{
    $ticket = $tickets->postServiceTicket(new PostServiceTicketRequest([
        'ref_number' => 'WEB-1',
        'customer_info' => new CustomerInfo([
            'web_id' => 2147483647,
            'name' => '山田 🎻',
            'email' => 'yamada@example.com',
        ]),
        'form_input_list' => [new FormInput(['key' => 'CELLPHONE', 'value' => '555-0143', 'encrypted' => false])],
        'notes' => 'a "quoted" line, and <more>',
    ]));
    show('PostServiceTicket', [
        'WebRef' => $ticket->getWebRef(),
        'StatusCode' => $ticket->getStatus()?->getStatusCode(),
    ]);

    $fulfillment = $contracts->contractFulfillment(new ContractFulfillmentRequest([
        'ref' => 'R-1',
        'serial_pk' => 3000000000,
        'cash_price' => 1234567.89,
        'delivery_date' => '2026-03-08T02:30:00',
        'deleted_accessory_ids' => [3000000001],
        'added_accessories' => [new Accessory(['desc' => 'Case', 'price' => 12.50])],
    ]));
    $failed = $fulfillment->getMassUpdateErrors() ?? [];
    show('ContractFulfillment', [
        'Ref' => $failed ? $failed[0]->getRef() : null,
        'StatusCode' => $fulfillment->getStatus()?->getStatusCode(),
    ]);

    $serial = $contracts->c2BSetContractSerial(new ContractFulfillmentRequest(['ref' => 'R-3', 'unlock' => true]));
    show('C2BSetContractSerial', ['StatusCode' => $serial->getStatus()?->getStatusCode()]);

    $contract = $contracts->c2BPostContract(new C2BPostContractRequest([
        'instrument_id' => 3000000000,
        'rate' => new Rate(['mo_pay' => 12.50, 'months' => 3]),
        'accessory_id_list' => [3000000001, 7],
        'customer_info' => new CustomerInfo(['name' => 'Zoë Ng', 'email' => 'zoe@example.com']),
    ]));
    show('C2BPostContract', [
        'WebRef' => $contract->getWebRef(),
        'PaymentRequired' => $contract->getPaymentRequired(),
    ]);

    $posted = $contracts->getContractDetails(new GetContractDetailsRequest(['ref' => 'R-1']));
    showDetails('GetContractDetails', $posted);
    $got = $contracts->getContractDetailsGet(ref: 'R-1 & ü', sub: 2);
    showDetails('GetContractDetailsGet', $got);

    $access = $customers->customerAccessToken(acct: 20417, mode: 'UPDATE_CARD', item_key: 3000000000);
    show('CustomerAccessToken', [
        'Token' => $access->getToken(),
        'AccountManagementUrl' => $access->getAccountManagementUrl(),
    ]);

    $endPoint = $signIn->getEndPoint();
    show('GetEndPoint', [
        'NewEndpointDomain' => $endPoint->getNewEndpointDomain(),
        'OAuthToken' => $endPoint->getOAuthToken(),
    ]);

    $login = $signIn->security(new SecurityRequest([
        'username' => 'zoe@example.com',
        'password' => 'pass "wörd" & more',
        'app_id' => getenv('AIM_APP_ID'),
    ]));
    show('Security', [
        'Token' => $login->getToken(),
        'Firstname' => $login->getUserDetails()?->getFirstname(),
        'AccountNumber' => $login->getUserDetails()?->getAccountNumber(),
    ]);
}

/** After a read, so that the booking may use the connection again. */
function book(ContractsApi $contracts): void
{
    $contracts->getContractDetails(new GetContractDetailsRequest(['ref' => 'R-104233']));
    try {
        $contract = $contracts->c2BPostContract(new C2BPostContractRequest([
            'instrument_id' => 7301,
            'rate_id' => 90210,
            'cus_acct' => 20417,
        ]));
        printLine(['outcome' => isBooked($contract) ? 'booked' : 'error']);
    } catch (ApiException $error) {
        // 0 if there was no answer.
        printLine(['outcome' => 'error', 'status' => $error->getCode()]);
    } catch (Throwable $error) {
        // An answer that cannot be read.
        fwrite(STDERR, $error->getMessage() . "\n");
        printLine(['outcome' => 'error']);
    }
}

/**
 * Whether it is surely booked. Stricter than the whole rule in openapi/README.md: what is not here is not surely refused,
 * and looked up before anyone books again.
 */
function isBooked(C2BPostContractResponse $contract): bool
{
    $status = $contract->getStatus();
    $texts = [
        $status?->getStatusCode(),
        $status?->getErrorCode(),
        $status?->getErrorDisplayText(),
        $status?->getErrorMessage(),
    ];
    $isGood = fn (?string $text): bool => in_array(strtolower(trim($text ?? '')), ['', 'ok', 'success', '0'], true);
    return trim($contract->getWebRef() ?? '') !== '' && array_filter($texts, $isGood) === $texts;
}

function showDetails(string $call, GetContractDetailsResponse $details): void
{
    $payments = $details->getPayments() ?? [];
    show($call, [
        'StudentName' => $details->getStudentName(),
        'NextDueDate' => $details->getNextDueDate(),
        'PaymentAmount' => $details->getPaymentAmount(),
        'TotalDue' => $details->getTotalDue(),
        'Amount' => $payments ? $payments[0]->getAmount() : null,
    ]);
}

function show(string $call, array $read): void
{
    printLine(['call' => $call, 'read' => $read]);
}

function printLine(array $line): void
{
    echo json_encode($line, JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
}
