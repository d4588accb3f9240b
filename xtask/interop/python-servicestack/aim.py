"""Hand-written from `aim.yaml`, with the members that are used.

A request class is named as its path, which the client puts into the URL. Members
are named as in JSON: the client does not find `web_ref` in `WebRef`. No class has
the name of a member, which would hide it.
"""

from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from servicestack import IGet, IPost, IReturn


@dataclass
class BaseResponseResult:
    StatusCode: Optional[str] = None
    ErrorCode: Optional[str] = None
    ErrorDisplayText: Optional[str] = None
    ErrorMessage: Optional[str] = None


@dataclass
class Customer:
    Name: str
    Email: str
    WebId: Optional[int] = None


@dataclass
class FormInput:
    Key: str
    Value: str
    Encrypted: bool


@dataclass
class Accessory:
    Desc: Optional[str] = None
    Price: Optional[float] = None


@dataclass
class RentalRate:
    MoPay: Optional[float] = None
    Months: Optional[int] = None


@dataclass
class PostServiceTicketResponse:
    WebRef: Optional[str] = None
    Status: Optional[BaseResponseResult] = None


@dataclass
class UpdateContractError:
    Ref: Optional[str] = None
    ErrorMessage: Optional[str] = None


@dataclass
class ContractFulfillmentResponse:
    MassUpdateErrors: Optional[List[UpdateContractError]] = None
    Status: Optional[BaseResponseResult] = None


@dataclass
class C2BPostContractResponse:
    WebRef: Optional[str] = None
    PaymentRequired: Optional[bool] = None
    Status: Optional[BaseResponseResult] = None
    # An exception, which no answer has that worked.
    ResponseStatus: Optional[Dict[str, Any]] = None


@dataclass
class Payment:
    Ref: Optional[str] = None
    Amount: Optional[float] = None


@dataclass
class GetContractDetailsResponse:
    StudentName: Optional[str] = None
    NextDueDate: Optional[str] = None
    PaymentAmount: Optional[float] = None
    TotalDue: Optional[float] = None
    Payments: Optional[List[Payment]] = None
    Status: Optional[BaseResponseResult] = None


@dataclass
class CustomerAccessTokenResponse:
    Token: Optional[str] = None
    AccountManagementUrl: Optional[str] = None
    Status: Optional[BaseResponseResult] = None


@dataclass
class GetEndPointResponse:
    NewEndpointDomain: Optional[str] = None
    OAuthToken: Optional[str] = None
    Status: Optional[BaseResponseResult] = None


@dataclass
class UserDetail:
    Firstname: Optional[str] = None
    AccountNumber: Optional[int] = None


@dataclass
class SecurityResponse:
    Token: Optional[str] = None
    UserDetails: Optional[UserDetail] = None
    Status: Optional[BaseResponseResult] = None


@dataclass
class PostServiceTicket(IReturn[PostServiceTicketResponse], IPost):
    RefNumber: Optional[str] = None
    CustomerInfo: Optional[Customer] = None
    FormInputList: Optional[List[FormInput]] = None
    Notes: Optional[str] = None


@dataclass
class ContractFulfillment(IReturn[ContractFulfillmentResponse], IPost):
    Ref: Optional[str] = None
    SerialPk: Optional[int] = None
    CashPrice: Optional[float] = None
    DeliveryDate: Optional[str] = None
    DeletedAccessoryIds: Optional[List[int]] = None
    AddedAccessories: Optional[List[Accessory]] = None
    Unlock: Optional[bool] = None


@dataclass
class C2BSetContractSerial(IReturn[ContractFulfillmentResponse], IPost):
    Ref: Optional[str] = None
    Unlock: Optional[bool] = None


@dataclass
class C2BPostContract(IReturn[C2BPostContractResponse], IPost):
    InstrumentId: Optional[int] = None
    RateId: Optional[int] = None
    Rate: Optional[RentalRate] = None
    AccessoryIdList: Optional[List[int]] = None
    CustomerInfo: Optional[Customer] = None
    CusAcct: Optional[int] = None


@dataclass
class GetContractDetails(IReturn[GetContractDetailsResponse], IPost):
    Ref: Optional[str] = None
    Sub: Optional[int] = None


@dataclass
class CustomerAccessToken(IReturn[CustomerAccessTokenResponse], IGet):
    Acct: Optional[int] = None
    Mode: Optional[str] = None
    ItemKey: Optional[int] = None


@dataclass
class GetEndPoint(IReturn[GetEndPointResponse], IGet):
    pass


@dataclass
class Security(IReturn[SecurityResponse], IPost):
    Username: Optional[str] = None
    Password: Optional[str] = None
    AppID: Optional[str] = None
