// Hand-written from `aim.yaml`, with the members that are used. A class is named as its path, which the client puts into
// the URL.
import type { IReturn } from "@servicestack/client";

export interface Status {
  StatusCode?: string;
  ErrorCode?: string;
  ErrorDisplayText?: string;
  ErrorMessage?: string;
}

export interface CustomerInfo {
  WebId?: number;
  Name: string;
  Email: string;
}

export interface PostServiceTicketResponse {
  WebRef?: string;
  Status?: Status;
}

export interface ContractFulfillmentResponse {
  MassUpdateErrors?: { Ref?: string; ErrorMessage?: string }[];
  Status?: Status;
}

export interface C2BPostContractResponse {
  WebRef?: string;
  PaymentRequired?: boolean;
  Status?: Status;
}

export interface GetContractDetailsResponse {
  StudentName?: string;
  NextDueDate?: string;
  PaymentAmount?: number;
  TotalDue?: number;
  Payments?: { Ref?: string; Amount?: number }[];
  Status?: Status;
}

export interface CustomerAccessTokenResponse {
  Token?: string;
  AccountManagementUrl?: string;
  Status?: Status;
}

export interface GetEndPointResponse {
  NewEndpointDomain?: string;
  OAuthToken?: string;
  Status?: Status;
}

export interface SecurityResponse {
  Token?: string;
  UserDetails?: { Firstname?: string; AccountNumber?: number };
  Status?: Status;
}

export class PostServiceTicket implements IReturn<PostServiceTicketResponse> {
  RefNumber?: string;
  CustomerInfo?: CustomerInfo;
  FormInputList?: { Key: string; Value: string; Encrypted: boolean }[];
  Notes?: string;

  constructor(init?: Partial<PostServiceTicket>) {
    Object.assign(this, init);
  }
  getTypeName() {
    return "PostServiceTicket";
  }
  getMethod() {
    return "POST";
  }
  createResponse() {
    return {} as PostServiceTicketResponse;
  }
}

export class ContractFulfillment implements IReturn<ContractFulfillmentResponse> {
  Ref?: string;
  SerialPk?: number;
  CashPrice?: number;
  DeliveryDate?: string;
  DeletedAccessoryIds?: number[];
  AddedAccessories?: { Desc?: string; Price?: number }[];
  Unlock?: boolean;

  constructor(init?: Partial<ContractFulfillment>) {
    Object.assign(this, init);
  }
  getTypeName() {
    return "ContractFulfillment";
  }
  getMethod() {
    return "POST";
  }
  createResponse() {
    return {} as ContractFulfillmentResponse;
  }
}

export class C2BSetContractSerial implements IReturn<ContractFulfillmentResponse> {
  Ref?: string;
  Unlock?: boolean;

  constructor(init?: Partial<C2BSetContractSerial>) {
    Object.assign(this, init);
  }
  getTypeName() {
    return "C2BSetContractSerial";
  }
  getMethod() {
    return "POST";
  }
  createResponse() {
    return {} as ContractFulfillmentResponse;
  }
}

export class C2BPostContract implements IReturn<C2BPostContractResponse> {
  InstrumentId?: number;
  RateId?: number;
  Rate?: { MoPay?: number; Months?: number };
  AccessoryIdList?: number[];
  CustomerInfo?: CustomerInfo;
  CusAcct?: number;

  constructor(init?: Partial<C2BPostContract>) {
    Object.assign(this, init);
  }
  getTypeName() {
    return "C2BPostContract";
  }
  getMethod() {
    return "POST";
  }
  createResponse() {
    return {} as C2BPostContractResponse;
  }
}

export class GetContractDetails implements IReturn<GetContractDetailsResponse> {
  Ref?: string;
  Sub?: number;

  constructor(init?: Partial<GetContractDetails>) {
    Object.assign(this, init);
  }
  getTypeName() {
    return "GetContractDetails";
  }
  getMethod() {
    return "POST";
  }
  createResponse() {
    return {} as GetContractDetailsResponse;
  }
}

export class CustomerAccessToken implements IReturn<CustomerAccessTokenResponse> {
  Acct?: number;
  Mode?: string;
  ItemKey?: number;

  constructor(init?: Partial<CustomerAccessToken>) {
    Object.assign(this, init);
  }
  getTypeName() {
    return "CustomerAccessToken";
  }
  getMethod() {
    return "GET";
  }
  createResponse() {
    return {} as CustomerAccessTokenResponse;
  }
}

export class GetEndPoint implements IReturn<GetEndPointResponse> {
  constructor(init?: Partial<GetEndPoint>) {
    Object.assign(this, init);
  }
  getTypeName() {
    return "GetEndPoint";
  }
  getMethod() {
    return "GET";
  }
  createResponse() {
    return {} as GetEndPointResponse;
  }
}

export class Security implements IReturn<SecurityResponse> {
  Username?: string;
  Password?: string;
  AppID?: string;

  constructor(init?: Partial<Security>) {
    Object.assign(this, init);
  }
  getTypeName() {
    return "Security";
  }
  getMethod() {
    return "POST";
  }
  createResponse() {
    return {} as SecurityResponse;
  }
}
