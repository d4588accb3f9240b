//! The client: one method for each operation of the document.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::TryStreamExt;
use progenitor_client::{ByteStream, ClientInfo, Error as Unread, ResponseValue};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Serialize;

use crate::answer::{Answer, judge};
use crate::error::Error;
use crate::evidence::AnswerBody;
use crate::generated::client::Client;
use crate::generated::operations;
use crate::jsv;
use crate::operation::Operation;
use crate::query::Query;
use crate::types::{
    BaseResponseResult, C2BPostContractRequest, C2BPostContractResponse,
    ContractFulfillmentRequest, ContractFulfillmentResponse, CustomerAccessTokenRequest,
    CustomerAccessTokenResponse, GetContractDetailsRequest, GetContractDetailsResponse,
    PostServiceTicketRequest, PostServiceTicketResponse,
};

/// Which in-band status is a failure.
pub(crate) type FailureRule = dyn Fn(&BaseResponseResult) -> bool + Send + Sync;

/// What progenitor's client hands back, read by nobody yet.
type Reply = Result<ResponseValue<ByteStream>, Unread<ByteStream>>;

/// A client of AIM Web Services.
///
/// A clone is cheap and shares the connections. Nothing is sent twice:
/// redirects are not followed and nothing is repeated.
///
/// Every method returns `Ok` only if the answer proves that the operation
/// ran; [`Error::delivery`] says what is certain otherwise.
///
/// ```no_run
/// # async fn f() -> Result<(), aim_client::Error> {
/// use aim_client::types::GetContractDetailsRequest;
/// use aim_client::{AimClient, Credentials};
///
/// let client = AimClient::builder()
///     .base_url("https://10846.active-e.net:7890")
///     .credentials(Credentials::new("api-key", "app-id"))
///     .build()?;
/// let request = GetContractDetailsRequest::new().ref_("C-20117");
/// let details = client.get_contract_details(&request).await?;
/// println!("due: {:?}", details.total_due);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AimClient(Arc<Shared>);

struct Shared {
    client: Client,
    is_failure: Arc<FailureRule>,
}

impl AimClient {
    pub(crate) fn new(client: Client, is_failure: Arc<FailureRule>) -> Self {
        Self(Arc::new(Shared { client, is_failure }))
    }

    /// Posts a service ticket; the answer's `web_ref` is its reference.
    ///
    /// # Errors
    ///
    /// [`Error::delivery`] says whether the ticket may exist. The API has no
    /// look-up for tickets.
    pub async fn post_service_ticket(
        &self,
        request: &PostServiceTicketRequest,
    ) -> Result<Answer<PostServiceTicketResponse>, Error> {
        let reply = self.0.client.post_service_ticket(request);
        self.finish(&operations::POST_SERVICE_TICKET, reply).await
    }

    /// Updates a contract: serial number, price, delivery, accessories; or
    /// many contracts at once with `mass_update_items`.
    ///
    /// # Errors
    ///
    /// [`Error::delivery`] says what may have been applied; where it is
    /// partly applied, [`Error::answer`] lists the items that failed.
    pub async fn contract_fulfillment(
        &self,
        request: &ContractFulfillmentRequest,
    ) -> Result<Answer<ContractFulfillmentResponse>, Error> {
        let reply = self.0.client.contract_fulfillment(request);
        self.finish(&operations::CONTRACT_FULFILLMENT, reply).await
    }

    /// The old route of [`contract_fulfillment`](Self::contract_fulfillment).
    ///
    /// # Errors
    ///
    /// The same.
    #[deprecated(note = "use contract_fulfillment")]
    pub async fn c2b_set_contract_serial(
        &self,
        request: &ContractFulfillmentRequest,
    ) -> Result<Answer<ContractFulfillmentResponse>, Error> {
        #[allow(deprecated, reason = "this is the old route's own method")]
        let reply = self.0.client.c2b_set_contract_serial(request);
        self.finish(&operations::C2B_SET_CONTRACT_SERIAL, reply)
            .await
    }

    /// Books a rental contract; the answer's `web_ref` is its reference.
    ///
    /// # Errors
    ///
    /// [`Error::delivery`] says whether the contract may exist. The API has
    /// no look-up for a contract whose `web_ref` was lost.
    pub async fn c2b_post_contract(
        &self,
        request: &C2BPostContractRequest,
    ) -> Result<Answer<C2BPostContractResponse>, Error> {
        let reply = self.0.client.c2b_post_contract(request);
        self.finish(&operations::C2B_POST_CONTRACT, reply).await
    }

    /// Books a rental contract by GET.
    ///
    /// # Errors
    ///
    /// As [`c2b_post_contract`](Self::c2b_post_contract). A request with
    /// `cc_info`, `customer_info` or `form_input_list` is refused: they would
    /// stand in a URL, and URLs are logged.
    #[deprecated(note = "use c2b_post_contract: a URL is logged and holds 2,048 characters")]
    pub async fn c2b_post_contract_get(
        &self,
        request: &C2BPostContractRequest,
    ) -> Result<Answer<C2BPostContractResponse>, Error> {
        let operation = &operations::C2B_POST_CONTRACT_GET;
        let query = query(operation, request)?;
        #[allow(deprecated, reason = "this is the deprecated operation's own method")]
        let reply = self.0.client.c2b_post_contract_get(&query);
        self.finish(operation, reply).await
    }

    /// Gets a token and an address with which a customer manages cards.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn customer_access_token(
        &self,
        request: &CustomerAccessTokenRequest,
    ) -> Result<Answer<CustomerAccessTokenResponse>, Error> {
        let operation = &operations::CUSTOMER_ACCESS_TOKEN;
        let query = query(operation, request)?;
        self.finish(operation, self.0.client.customer_access_token(&query))
            .await
    }

    /// Gets what is due, paid and rented on a contract.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn get_contract_details(
        &self,
        request: &GetContractDetailsRequest,
    ) -> Result<Answer<GetContractDetailsResponse>, Error> {
        let reply = self.0.client.get_contract_details(request);
        self.finish(&operations::GET_CONTRACT_DETAILS, reply).await
    }

    /// The same as [`get_contract_details`](Self::get_contract_details), by GET.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn get_contract_details_get(
        &self,
        request: &GetContractDetailsRequest,
    ) -> Result<Answer<GetContractDetailsResponse>, Error> {
        let operation = &operations::GET_CONTRACT_DETAILS_GET;
        let query = query(operation, request)?;
        self.finish(operation, self.0.client.get_contract_details_get(&query))
            .await
    }

    /// Sends, reads the answer to its end and judges it.
    async fn finish<T: AnswerBody>(
        &self,
        operation: &'static Operation,
        reply: impl Future<Output = Reply>,
    ) -> Result<Answer<T>, Error> {
        let reply = match reply.await {
            Ok(reply) | Err(Unread::ErrorResponse(reply)) => reply,
            Err(Unread::UnexpectedResponse(response)) => ResponseValue::stream(response),
            Err(
                Unread::CommunicationError(error)
                | Unread::ResponseBodyError(error)
                | Unread::InvalidUpgrade(error),
            ) => return Err(Error::transport(operation, error, None)),
            // Only a method that decodes by itself writes this, and ours do not.
            Err(Unread::InvalidResponsePayload(body, _)) => {
                let rule = &*self.0.is_failure;
                return judge(operation, StatusCode::OK, HeaderMap::new(), &body, rule);
            }
            Err(Unread::InvalidRequest(_) | Unread::Custom(_)) => {
                return Err(Error::refused(
                    Some(operation),
                    "the request cannot be built",
                ));
            }
        };
        let status = reply.status();
        let headers = reply.headers().clone();
        let body = reply
            .into_inner_stream()
            .try_fold(Vec::new(), |mut body, chunk| async move {
                body.extend_from_slice(&chunk);
                Ok(body)
            })
            .await
            .map_err(|error| Error::transport(operation, error, Some(status)))?;
        judge(operation, status, headers, &body, &*self.0.is_failure)
    }
}

/// Writes a request as a query, unless it holds what must not stand in a URL.
fn query(operation: &'static Operation, request: &impl Serialize) -> Result<Query, Error> {
    let pairs = jsv::to_query_pairs(request)
        .map_err(|error| Error::refused(Some(operation), error.to_string()))?;
    let query = Query::new(pairs);
    match query.first_of(operation.kept_out_of_url) {
        None => Ok(query),
        Some(member) => Err(Error::refused(
            Some(operation),
            format!("{member} would stand in a url, where it is logged; send it by POST"),
        )),
    }
}

impl fmt::Debug for AimClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AimClient")
            .field("base_url", &self.0.client.baseurl())
            .finish_non_exhaustive()
    }
}
