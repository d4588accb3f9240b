//! Looks up the outcome of a booking, where the API can show it.

use crate::call::answer::Answer;
use crate::call::error::{Delivery, Error};
use crate::client::aim_client::AimClient;
use crate::codec::evidence::AnswerBody;
use crate::generated::operations;
use crate::types::{GetContractDetailsRequest, GetContractDetailsResponse};

/// What [`AimClient::look_up_fulfillment`] found.
#[derive(Debug)]
pub enum FulfillmentLookup {
    /// The contract exists, and this is its current state. Look at the members
    /// that the fulfillment changes, such as the serial number in `inventory`:
    /// if the change is there, do not send it again.
    Exists(Box<Answer<GetContractDetailsResponse>>),
    /// The server says in-band that it does not give the contract:
    /// [`Error::aim_status`] has its message. The vendor documents no messages,
    /// so a person has to read it: only *no such contract* means that nothing
    /// was applied; an expired login or a missing licence does not.
    Refused(Error),
    /// The look-up itself failed or its answer shows no contract, so nothing is
    /// known.
    Unsure(Error),
}

impl AimClient {
    /// Looks up the contract that a fulfillment was to change, by the `Ref`
    /// that was sent, after an outcome that is
    /// [unknown](crate::Delivery::Unknown).
    ///
    /// After a time-out wait before you ask: the server may still be processing
    /// the request. For a mass update call it for each item. There is no
    /// look-up for [`c2b_post_contract`](Self::c2b_post_contract) (the
    /// reference is in the answer that was lost) and for
    /// [`post_service_ticket`](Self::post_service_ticket) (no operation finds a
    /// ticket): a person has to check in AIM before anyone posts again, see
    /// [`troubleshooting`](crate::troubleshooting).
    ///
    /// ```no_run
    /// # async fn f(client: aim_client::AimClient) {
    /// use aim_client::{FulfillmentLookup, Secret};
    /// # fn show_to_a_person(_: Option<&str>) {}
    ///
    /// match client.look_up_fulfillment("R-104233").await {
    ///     FulfillmentLookup::Exists(contract) => println!("{:?}", contract.inventory),
    ///     FulfillmentLookup::Refused(error) => {
    ///         let words = error.aim_status().and_then(|status| status.error_message.as_ref());
    ///         show_to_a_person(words.map(Secret::expose));
    ///     }
    ///     FulfillmentLookup::Unsure(error) => println!("ask again later: {error}"),
    /// }
    /// # }
    /// ```
    pub async fn look_up_fulfillment(&self, reference: &str) -> FulfillmentLookup {
        let request = GetContractDetailsRequest::new().ref_(reference);
        FulfillmentLookup::of(self.get_contract_details(&request).await)
    }
}

impl FulfillmentLookup {
    /// What an answer about a contract tells.
    pub(crate) fn of(outcome: Result<Answer<GetContractDetailsResponse>, Error>) -> Self {
        match outcome {
            Ok(answer) if answer.has_own_evidence() => Self::Exists(Box::new(answer)),
            // A status alone says that the operation ran, not what it found.
            Ok(answer) => Self::Unsure(answer.into_unproved(&operations::GET_CONTRACT_DETAILS)),
            Err(error)
                if error.aim_status().is_some() && error.delivery() == Delivery::Rejected =>
            {
                Self::Refused(error)
            }
            Err(error) => Self::Unsure(error),
        }
    }
}
