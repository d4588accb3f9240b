//! The one table of the client's methods.
//!
//! The client, its blocking twin and the trait are written from it. An
//! operation of the document that is missing here is dead code to the
//! compiler, and a test compares the names.

/// Calls the macro `$make` with every method: its documentation, name,
/// request, answer, declaration, and whether the request goes into the `body`
/// or the `query`.
macro_rules! for_each_method {
    ($make:ident) => {
        $make! {
            /// Posts a service ticket; the answer's `web_ref` is its reference.
            ///
            /// # Errors
            ///
            /// [`Error::delivery`](crate::Error::delivery) says whether the
            /// ticket may exist. The API has no look-up for tickets: see
            /// [`troubleshooting`](crate::troubleshooting).
            post_service_ticket(PostServiceTicketRequest) -> PostServiceTicketResponse,
                POST_SERVICE_TICKET, body;

            /// Updates a contract: serial number, price, delivery,
            /// accessories; or many contracts at once with
            /// `mass_update_items`.
            ///
            /// # Errors
            ///
            /// [`Error::delivery`](crate::Error::delivery) says what may have
            /// been applied; where it is partly applied,
            /// [`Error::answer`](crate::Error::answer) lists the items that
            /// failed, by their `ref_`: give no two of them the same. After an unknown outcome look it up: see
            /// [`AimClient::look_up_fulfillment`](crate::AimClient::look_up_fulfillment).
            contract_fulfillment(ContractFulfillmentRequest) -> ContractFulfillmentResponse,
                CONTRACT_FULFILLMENT, body;

            /// The old route of
            /// [`contract_fulfillment`](Self::contract_fulfillment).
            ///
            /// # Errors
            ///
            /// The same.
            #[deprecated(note = "use contract_fulfillment")]
            c2b_set_contract_serial(ContractFulfillmentRequest) -> ContractFulfillmentResponse,
                C2B_SET_CONTRACT_SERIAL, body;

            /// Books a rental contract; the answer's `web_ref` is its
            /// reference.
            ///
            /// # Errors
            ///
            /// [`Error::delivery`](crate::Error::delivery) says whether the
            /// contract may exist. The API has no look-up for a contract whose
            /// `web_ref` was lost: see
            /// [`troubleshooting`](crate::troubleshooting).
            c2b_post_contract(C2BPostContractRequest) -> C2BPostContractResponse,
                C2B_POST_CONTRACT, body;

            /// Books a rental contract by GET.
            ///
            /// # Errors
            ///
            /// As [`c2b_post_contract`](Self::c2b_post_contract). A request
            /// with `cc_info`, `customer_info` or `form_input_list` is
            /// refused: they would stand in a URL, and URLs are logged.
            #[deprecated(
                note = "use c2b_post_contract: a URL is logged and holds 2,048 characters"
            )]
            c2b_post_contract_get(C2BPostContractRequest) -> C2BPostContractResponse,
                C2B_POST_CONTRACT_GET, query;

            /// Gets a token and an address with which a customer manages
            /// cards.
            ///
            /// # Errors
            ///
            /// See [`Error`](crate::Error).
            customer_access_token(CustomerAccessTokenRequest) -> CustomerAccessTokenResponse,
                CUSTOMER_ACCESS_TOKEN, query;

            /// Gets what is due, paid and rented on a contract.
            ///
            /// # Errors
            ///
            /// See [`Error`](crate::Error).
            get_contract_details(GetContractDetailsRequest) -> GetContractDetailsResponse,
                GET_CONTRACT_DETAILS, body;

            /// The same as [`get_contract_details`](Self::get_contract_details),
            /// by GET.
            ///
            /// # Errors
            ///
            /// See [`Error`](crate::Error).
            get_contract_details_get(GetContractDetailsRequest) -> GetContractDetailsResponse,
                GET_CONTRACT_DETAILS_GET, query;
        }
    };
}

pub(crate) use for_each_method;
