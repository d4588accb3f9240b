//! The client as a trait, so that programs can be tested without a server.

use std::future::{Future, ready};
use std::pin::Pin;

use crate::call::answer::Answer;
use crate::call::error::Error;
use crate::call::options::CallOptions;
use crate::client::aim_client::AimClient;
use crate::client::lookup::FulfillmentLookup;
use crate::generated::methods::for_each_method;
use crate::generated::operations;
use crate::types;

/// What a method of [`AimApi`] returns.
pub type ApiFuture<'a, T> = Pin<Box<dyn Future<Output = Result<Answer<T>, Error>> + Send + 'a>>;

/// What [`AimApi::look_up_fulfillment`] returns.
pub type LookupFuture<'a> = Pin<Box<dyn Future<Output = FulfillmentLookup> + Send + 'a>>;

macro_rules! api {
    ($(
        $(#[$attribute:meta])*
        $name:ident($request:ident) -> $answer:ident, $operation:ident, $carrier:ident;
    )*) => {
        /// The operations, as a trait: [`AimClient`] implements it, and a test
        /// implements only the methods that it needs. Any other method returns
        /// an error that says that nothing was sent.
        ///
        /// It can be used as `dyn AimApi`: its methods return boxed futures,
        /// which costs one allocation for each call, and are not `async fn`s.
        ///
        /// ```
        /// use std::sync::Arc;
        /// use aim_client::types::{
        ///     C2BPostContractRequest, C2BPostContractResponse, ContractFulfillmentRequest,
        ///     ContractFulfillmentResponse, UpdateContractErrorObj,
        /// };
        /// use aim_client::{AimApi, Answer, ApiFuture, Delivery, Error};
        ///
        /// /// Books everything, but never says so for the lute, and does not know
        /// /// the contract C-2.
        /// struct Shop;
        ///
        /// impl AimApi for Shop {
        ///     fn c2b_post_contract<'a>(
        ///         &'a self,
        ///         request: &'a C2BPostContractRequest,
        ///     ) -> ApiFuture<'a, C2BPostContractResponse> {
        ///         Box::pin(async {
        ///             if request.sku.as_deref() == Some("LUTE") {
        ///                 return Err(Error::mocked(Delivery::Unknown));
        ///             }
        ///             Ok(Answer::new(C2BPostContractResponse::new().web_ref("W-1")))
        ///         })
        ///     }
        ///
        ///     fn contract_fulfillment<'a>(
        ///         &'a self,
        ///         _: &'a ContractFulfillmentRequest,
        ///     ) -> ApiFuture<'a, ContractFulfillmentResponse> {
        ///         let failed = [UpdateContractErrorObj::new().ref_("C-2")];
        ///         let answer = ContractFulfillmentResponse::new().mass_update_errors(failed);
        ///         let error = Error::mocked_with(Delivery::PartlyApplied, answer);
        ///         Box::pin(async { Err(error) })
        ///     }
        /// }
        ///
        /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        /// let shop: Arc<dyn AimApi> = Arc::new(Shop);
        /// let lute = C2BPostContractRequest::new().sku("LUTE");
        /// let error = shop.c2b_post_contract(&lute).await.unwrap_err();
        /// assert_eq!(error.delivery(), Delivery::Unknown);
        ///
        /// let request = ContractFulfillmentRequest::new();
        /// let error = shop.contract_fulfillment(&request).await.unwrap_err();
        /// let answer = error.answer::<ContractFulfillmentResponse>().unwrap();
        /// let failed = answer.mass_update_errors.as_ref().unwrap();
        /// assert_eq!(failed[0].ref_.as_deref(), Some("C-2"));
        /// # });
        /// ```
        pub trait AimApi: Send + Sync {$(
            $(#[$attribute])*
            fn $name<'a>(
                &'a self,
                request: &'a types::$request,
            ) -> ApiFuture<'a, types::$answer> {
                let _ = request;
                let reason = concat!("this mock has no method ", stringify!($name));
                Box::pin(ready(Err(Error::refused(Some(&operations::$operation), reason))))
            }
        )*

            /// Looks up what became of a fulfillment: see
            /// [`AimClient::look_up_fulfillment`]. It asks `get_contract_details`,
            /// also that of a mock.
            fn look_up_fulfillment<'a>(&'a self, reference: &'a str) -> LookupFuture<'a> {
                Box::pin(async move {
                    let request = types::GetContractDetailsRequest::new().ref_(reference);
                    FulfillmentLookup::of(self.get_contract_details(&request).await)
                })
            }

            /// The same with other options: see [`AimClient::with`]. With a mock
            /// they make no difference, unless it has this method, too.
            ///
            /// ```
            /// use std::sync::{Arc, Mutex};
            /// use aim_client::types::{C2BPostContractRequest, C2BPostContractResponse};
            /// use aim_client::{AimApi, Answer, ApiFuture, CallOptions};
            ///
            /// /// Books, and keeps under which id.
            /// #[derive(Clone, Default)]
            /// struct Shop {
            ///     booked: Arc<Mutex<Vec<Option<String>>>>,
            ///     id: Option<String>,
            /// }
            ///
            /// impl AimApi for Shop {
            ///     fn with<'a>(&'a self, options: CallOptions) -> Box<dyn AimApi + 'a> {
            ///         let id = options.get_booking_id().map(ToOwned::to_owned);
            ///         Box::new(Self { id, ..self.clone() })
            ///     }
            ///
            ///     fn c2b_post_contract<'a>(
            ///         &'a self,
            ///         _: &'a C2BPostContractRequest,
            ///     ) -> ApiFuture<'a, C2BPostContractResponse> {
            ///         self.booked.lock().unwrap().push(self.id.clone());
            ///         let answer = C2BPostContractResponse::new().web_ref("W-1");
            ///         Box::pin(async { Ok(Answer::new(answer)) })
            ///     }
            /// }
            ///
            /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
            /// let shop = Shop::default();
            /// let named = shop.with(CallOptions::new().booking_id("order-4711"));
            /// named.c2b_post_contract(&C2BPostContractRequest::new()).await.unwrap();
            /// assert_eq!(*shop.booked.lock().unwrap(), [Some("order-4711".to_owned())]);
            /// # });
            /// ```
            fn with<'a>(&'a self, options: CallOptions) -> Box<dyn AimApi + 'a> {
                let _ = options;
                Box::new(self)
            }
        }

        #[allow(deprecated, reason = "a deprecated operation has its own method")]
        impl<T: AimApi + ?Sized> AimApi for &T {$(
            fn $name<'a>(
                &'a self,
                request: &'a types::$request,
            ) -> ApiFuture<'a, types::$answer> {
                (**self).$name(request)
            }
        )*
            fn look_up_fulfillment<'a>(&'a self, reference: &'a str) -> LookupFuture<'a> {
                (**self).look_up_fulfillment(reference)
            }

            fn with<'a>(&'a self, options: CallOptions) -> Box<dyn AimApi + 'a> {
                (**self).with(options)
            }
        }

        #[allow(deprecated, reason = "a deprecated operation has its own method")]
        impl AimApi for AimClient {$(
            fn $name<'a>(
                &'a self,
                request: &'a types::$request,
            ) -> ApiFuture<'a, types::$answer> {
                Box::pin(Self::$name(self, request))
            }
        )*
            fn with<'a>(&'a self, options: CallOptions) -> Box<dyn AimApi + 'a> {
                Box::new(Self::with(self, options))
            }
        }
    };
}
for_each_method!(api);
