"""The framework's own client for Python, as `bench_call` runs its contestants:
the same arguments, the same lines."""

import sys
import threading
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import List, Optional

from dataclasses_json import dataclass_json
from servicestack import IReturn, JsonServiceClient

# The members have the names of the wire: of other spellings the library finds
# only camel case and snake case in an answer, and the server writes Pascal
# case.


@dataclass_json
@dataclass
class BaseResponseResult:
    StatusCode: Optional[str] = None
    Login: Optional[str] = None
    ErrorCode: Optional[str] = None
    ErrorDisplayText: Optional[str] = None
    ErrorMessage: Optional[str] = None
    DomainName: Optional[str] = None
    IpAddress: Optional[str] = None


@dataclass_json
@dataclass
class InventoryGeneric:
    Model: Optional[str] = None
    Item: Optional[str] = None
    Sku: Optional[str] = None
    Serial: Optional[str] = None
    Desc: Optional[str] = None
    Mfg: Optional[str] = None


@dataclass_json
@dataclass
class PaymentGeneric:
    Date: Optional[str] = None
    Amount: Optional[Decimal] = None
    Ref: Optional[str] = None


@dataclass_json
@dataclass
class GetContractDetailsResponse:
    AccountSub: Optional[str] = None
    NextDueDate: Optional[str] = None
    PaymentAmount: Optional[Decimal] = None
    PastDueAmount: Optional[Decimal] = None
    LateCharges: Optional[Decimal] = None
    OtherCharges: Optional[Decimal] = None
    TotalDue: Optional[Decimal] = None
    AccumulatedCredit: Optional[Decimal] = None
    StudentName: Optional[str] = None
    SchoolName: Optional[str] = None
    Topic: Optional[str] = None
    Inventory: Optional[List[InventoryGeneric]] = None
    Payments: Optional[List[PaymentGeneric]] = None
    PaymentAmt: Optional[Decimal] = None
    PastDueAmt: Optional[Decimal] = None
    CurrentBalance: Optional[Decimal] = None
    TotalPayoff: Optional[Decimal] = None
    DiscountedPayoff: Optional[Decimal] = None
    PayoffDate: Optional[str] = None
    Status: Optional[BaseResponseResult] = None


@dataclass_json
@dataclass
class GetContractDetails(IReturn[GetContractDetailsResponse]):
    Ref: Optional[str] = None
    Sub: Optional[int] = None


@dataclass_json
@dataclass
class Accessory:
    Desc: Optional[str] = None
    Price: Optional[float] = None
    Type: Optional[str] = None


@dataclass_json
@dataclass
class FormInput:
    Key: Optional[str] = None
    Value: Optional[str] = None
    Encrypted: bool = False


@dataclass_json
@dataclass
class Card:
    TokenStr: Optional[str] = None
    CardType: Optional[str] = None
    LastFour: Optional[str] = None
    Expiration: Optional[str] = None
    ReasonOnFile: Optional[str] = None
    Primary: Optional[bool] = None


@dataclass_json
@dataclass
class Customer:
    Name: Optional[str] = None
    Addr1: Optional[str] = None
    City: Optional[str] = None
    St: Optional[str] = None
    Zip: Optional[str] = None
    Country: Optional[str] = None
    Phone: Optional[str] = None
    Email: Optional[str] = None


@dataclass_json
@dataclass
class C2BPostContractResponse:
    PaymentRequired: Optional[bool] = None
    Topic: Optional[str] = None
    WebRef: Optional[str] = None
    BaseUrl: Optional[str] = None
    Status: Optional[BaseResponseResult] = None


@dataclass_json
@dataclass
class C2BPostContract(IReturn[C2BPostContractResponse]):
    TeacherId: Optional[int] = None
    AIMSchoolId: Optional[int] = None
    Stloc: Optional[str] = None
    InstrumentId: Optional[int] = None
    RateId: Optional[int] = None
    AccessoryIdList: Optional[List[int]] = None
    AccessoryList: Optional[List[Accessory]] = None
    FormInputList: Optional[List[FormInput]] = None
    CcInfo: Optional[Card] = None
    CustomerInfo: Optional[Customer] = None
    ReturnTopic: Optional[bool] = None


OPERATIONS = {
    "GetContractDetails": (GetContractDetails, lambda answer: answer.TotalDue is not None),
    "C2BPostContract": (C2BPostContract, lambda answer: answer.WebRef is not None),
}


def resident():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("the system does not tell the resident memory")


def main(operation, url, workers, *legs):
    request_type, is_right = OPERATIONS[operation]
    file = Path(__file__).parent.parent / "requests" / f"{operation}.json"
    request = request_type.from_json(file.read_text())
    client = JsonServiceClient(url)
    client.headers["ApiKey"] = "key"
    client.headers["AppId"] = "app"

    for leg in legs:
        start, cpu = time.perf_counter(), time.process_time()
        end = start + float(leg[:-1]) if leg.endswith("s") else float("inf")
        limit = float("inf") if leg.endswith("s") else int(leg)
        begun, failures = 0, []

        def work():
            nonlocal begun
            try:
                while begun < limit and time.perf_counter() < end:
                    begun += 1
                    if not is_right(client.post(request)):
                        raise ValueError("the answer is not the right one")
            except Exception as failure:
                failures.append(failure)

        threads = [threading.Thread(target=work) for _ in range(int(workers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        print(begun, f"{seconds:.3f}", f"{cpu:.3f}", resident(), flush=True)


main(*sys.argv[1:])
