import json
import os
import sys
from typing import Any, TypeVar

import httpx

from aim.api.contracts import (
    c2b_post_contract,
    c2b_set_contract_serial,
    contract_fulfillment,
    get_contract_details,
    get_contract_details_get,
)
from aim.api.customers import customer_access_token
from aim.api.service_tickets import post_service_ticket
from aim.api.sign_in import get_end_point, security
from aim.client import Client
from aim.models import (
    Accessory,
    BaseResponseResult,
    C2BPostContractRequest,
    C2BPostContractResponse,
    ContractFulfillmentRequest,
    ContractFulfillmentResponse,
    CustomerAccessTokenResponse,
    CustomerInfo,
    FormInput,
    GetContractDetailsRequest,
    GetContractDetailsResponse,
    GetEndPointResponse,
    PostServiceTicketRequest,
    PostServiceTicketResponse,
    Rate,
    SecurityRequest,
    SecurityResponse,
    UserDetail,
)
from aim.types import Unset

T = TypeVar("T")


def refuse(response: httpx.Response) -> None:
    """Raises what has the status, before an HTML page is parsed as JSON."""
    response.raise_for_status()


client = Client(
    base_url=os.environ["AIM_BASE_URL"],
    headers={
        "Accept": "application/json",
        "ApiKey": os.environ["AIM_API_KEY"],
        "AppId": os.environ["AIM_APP_ID"],
        "Token": os.environ["AIM_TOKEN"],
    },
    httpx_args={"event_hooks": {"response": [refuse]}},
)


def sure(kind: type[T], value: object) -> T:
    """The value, which is no other answer and not left out."""
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} was expected, not {type(value).__name__}")
    return value


def status_code(status: BaseResponseResult | Unset) -> object:
    return sure(BaseResponseResult, status).status_code


def show(call: str, **read: Any) -> None:
    print(json.dumps({"call": call, "read": read}))


def show_details(call: str, answer: object) -> None:
    details = sure(GetContractDetailsResponse, answer)
    payments = details.payments or []
    show(
        call,
        StudentName=details.student_name,
        NextDueDate=details.next_due_date,
        PaymentAmount=details.payment_amount,
        TotalDue=details.total_due,
        Amount=payments[0].amount,
    )


def calls() -> None:
    ticket = sure(
        PostServiceTicketResponse,
        post_service_ticket.sync(
            client=client,
            body=PostServiceTicketRequest(
                ref_number="WEB-1",
                customer_info=CustomerInfo(
                    web_id=2147483647, name="山田 🎻", email="yamada@example.com"
                ),
                form_input_list=[FormInput(key="CELLPHONE", value="555-0143", encrypted=False)],
                notes='a "quoted" line, and <more>',
            ),
        ),
    )
    show("PostServiceTicket", WebRef=ticket.web_ref, StatusCode=status_code(ticket.status))

    fulfillment = sure(
        ContractFulfillmentResponse,
        contract_fulfillment.sync(
            client=client,
            body=ContractFulfillmentRequest(
                ref="R-1",
                serial_pk=3000000000,
                cash_price=1234567.89,
                delivery_date="2026-03-08T02:30:00",
                deleted_accessory_ids=[3000000001],
                added_accessories=[Accessory(desc="Case", price=12.5)],
            ),
        ),
    )
    errors = fulfillment.mass_update_errors or []
    show(
        "ContractFulfillment",
        Ref=errors[0].ref,
        StatusCode=status_code(fulfillment.status),
    )

    serial = sure(
        ContractFulfillmentResponse,
        c2b_set_contract_serial.sync(
            client=client, body=ContractFulfillmentRequest(ref="R-3", unlock=True)
        ),
    )
    show("C2BSetContractSerial", StatusCode=status_code(serial.status))

    contract = sure(
        C2BPostContractResponse,
        c2b_post_contract.sync(
            client=client,
            body=C2BPostContractRequest(
                instrument_id=3000000000,
                rate=Rate(mo_pay=12.5, months=3),
                accessory_id_list=[3000000001, 7],
                customer_info=CustomerInfo(name="Zoë Ng", email="zoe@example.com"),
            ),
        ),
    )
    show("C2BPostContract", WebRef=contract.web_ref, PaymentRequired=contract.payment_required)

    show_details(
        "GetContractDetails",
        get_contract_details.sync(client=client, body=GetContractDetailsRequest(ref="R-1")),
    )
    show_details(
        "GetContractDetailsGet",
        get_contract_details_get.sync(client=client, ref="R-1 & ü", sub=2),
    )

    access = sure(
        CustomerAccessTokenResponse,
        customer_access_token.sync(
            client=client, acct=20417, mode="UPDATE_CARD", item_key=3000000000
        ),
    )
    show(
        "CustomerAccessToken",
        Token=access.token,
        AccountManagementUrl=access.account_management_url,
    )

    end_point = sure(GetEndPointResponse, get_end_point.sync(client=client))
    show(
        "GetEndPoint",
        NewEndpointDomain=end_point.new_endpoint_domain,
        OAuthToken=end_point.o_auth_token,
    )

    login = sure(
        SecurityResponse,
        security.sync(
            client=client,
            body=SecurityRequest(
                username="zoe@example.com",
                password='pass "wörd" & more',
                app_id=os.environ["AIM_APP_ID"],
            ),
        ),
    )
    user = sure(UserDetail, login.user_details)
    show(
        "Security",
        Token=login.token,
        Firstname=user.firstname,
        AccountNumber=user.account_number,
    )


def is_booked(answer: object) -> bool:
    """Whether it is surely booked.

    Stricter than the whole rule in openapi/README.md: what is not here is not
    surely refused, and looked up before anyone books again.
    """
    contract = sure(C2BPostContractResponse, answer)
    status = contract.status or BaseResponseResult()
    texts = [
        status.status_code,
        status.error_code,
        status.error_display_text,
        status.error_message,
    ]
    return (
        bool((contract.web_ref or "").strip())
        and "ResponseStatus" not in contract
        and all((text or "").strip().lower() in ("", "ok", "success", "0") for text in texts)
    )


def book() -> None:
    """Books after a read, so that the booking may use the connection again."""
    get_contract_details.sync(client=client, body=GetContractDetailsRequest(ref="R-104233"))
    request = C2BPostContractRequest(instrument_id=7301, rate_id=90210, cus_acct=20417)
    try:
        answer = c2b_post_contract.sync(client=client, body=request)
        print(json.dumps({"outcome": "booked" if is_booked(answer) else "error"}))
    except httpx.HTTPStatusError as error:
        print(json.dumps({"outcome": "error", "status": error.response.status_code}))
    # A connection that broke, or an answer that cannot be read: it may be booked.
    except Exception as error:
        print(error, file=sys.stderr)
        print(json.dumps({"outcome": "error"}))


if __name__ == "__main__":
    book() if sys.argv[1] == "book" else calls()
