//! Looks up what became of a booking, where the API can tell.

use crate::answer::Answer;
use crate::client::AimClient;
use crate::error::{Delivery, Error};
use crate::types::{GetContractDetailsRequest, GetContractDetailsResponse};

/// What [`AimClient::look_up_fulfillment`] has found.
#[derive(Debug)]
pub enum FulfillmentLookUp {
    /// The contract exists, and this is on it now. Whether the fulfillment was
    /// applied shows in what it was to change: the serial number in
    /// `inventory`, for one. If it is there, do not send it again.
    Exists(Box<Answer<GetContractDetailsResponse>>),
    /// The server says in-band that it cannot give the contract:
    /// [`Error::aim_status`] has its words. The vendor documents none, so read
    /// them: *no such contract* means that nothing was applied to it.
    NotFound(Error),
    /// The look-up itself has failed, and nothing is known.
    Unsure(Error),
}

impl AimClient {
    /// Looks up the contract that a fulfillment was to change, by the `Ref`
    /// that was sent, after an outcome that is
    /// [unknown](crate::Delivery::Unknown).
    ///
    /// For a mass update call it for each item. There is no such thing for
    /// [`c2b_post_contract`](Self::c2b_post_contract) (the reference is in the
    /// answer that was lost) and for
    /// [`post_service_ticket`](Self::post_service_ticket) (no operation finds a
    /// ticket): a person has to look into AIM before anyone posts again, see
    /// [`troubleshooting`](crate::troubleshooting).
    ///
    /// ```no_run
    /// # async fn f(client: aim_client::AimClient) {
    /// use aim_client::FulfillmentLookUp;
    ///
    /// match client.look_up_fulfillment("C-20117").await {
    ///     FulfillmentLookUp::Exists(contract) => println!("{:?}", contract.inventory),
    ///     FulfillmentLookUp::NotFound(error) => println!("{:?}", error.aim_status()),
    ///     FulfillmentLookUp::Unsure(error) => println!("ask again later: {error}"),
    /// }
    /// # }
    /// ```
    pub async fn look_up_fulfillment(&self, reference: &str) -> FulfillmentLookUp {
        let request = GetContractDetailsRequest::new().ref_(reference);
        match self.get_contract_details(&request).await {
            Ok(answer) => FulfillmentLookUp::Exists(Box::new(answer)),
            Err(error)
                if error.aim_status().is_some() && error.delivery() == Delivery::Rejected =>
            {
                FulfillmentLookUp::NotFound(error)
            }
            Err(error) => FulfillmentLookUp::Unsure(error),
        }
    }
}
