//! Service tickets.

use super::base::{Booked, Outcome, State, ticket_reference};
use super::read::Read;
use super::store::Ticket;
use crate::model::names::{PostServiceTicketRequest as Post, PostServiceTicketResponse as Posted};
use crate::model::settings::Settings;
use crate::model::value::{Object, Value};

impl State {
    /// PostServiceTicket.
    pub(super) fn post_ticket(
        &mut self,
        request: Read<'_>,
        answer: &mut Object,
        _: &Settings,
    ) -> Outcome<Booked> {
        let (account, card) = self.customer_and_card(request, Post::CUSTOMER_ACCT)?;
        let web_ref = ticket_reference(self.fresh_id());
        let at = self.store.tickets.len();
        self.index.tickets.insert(web_ref.clone(), at);
        self.store.tickets.push(Ticket {
            web_ref: web_ref.clone(),
            ref_number: request.text(Post::REF_NUMBER),
            posted: self.store.now,
            account,
            serial: request.text(Post::SERIAL_NUMBER),
            item: request.text(Post::ITEM_DESCRIPTION),
            notes: request.text(Post::NOTES),
            form_inputs: request.form_inputs(),
            card,
            voice_recording_length: request
                .str(Post::VOICE_RECORDING)
                .map_or(0, |text| text.chars().count()),
        });
        answer.set(Posted::WEB_REF, Value::String(web_ref.clone()));
        Ok(Some(vec![web_ref]))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{done, refused, store, text};
    use super::{Post, Posted};
    use crate::model::names::service;
    use crate::model::settings::Settings;

    #[test]
    fn a_ticket_is_booked_with_customer_and_card() {
        let mut state = store();
        let request = json!({
            "RefNumber": "WEB-1", "SerialNumber": "K1", "ItemDescription": "Sax", "Notes": "n",
            "CustomerInfo": {"Name": "New", "Email": "n@example.com"},
            "CcInfo": {"TokenStr": "tok", "CardType": "AMEX", "LastFour": "0005"},
            "FormInputList": [{"Key": "PICKUP", "Value": "late", "Encrypted": true}],
            "VoiceRecording": "UklGRé",
        });
        let answer = done(&mut state, service::POST_SERVICE_TICKET, request);
        let json = state.to_json();
        let ticket = &json["tickets"][1];
        assert_eq!(ticket["web_ref"], text(&answer, Posted::WEB_REF));
        assert_eq!(ticket["ref_number"], "WEB-1");
        assert_eq!(ticket["serial"], "K1");
        assert_eq!(ticket["item"], "Sax");
        assert_eq!(ticket["posted"], "2026-11-20T10:00:00");
        assert_eq!(ticket["voice_recording_length"], 6);
        assert_eq!(ticket["form_inputs"][0]["encrypted"], true);
        assert_eq!(ticket["account"], json["customers"][2]["account"]);
        assert_eq!(ticket["card"], json["cards"][2]["pk"]);
        assert_eq!(json["cards"][2]["type"], "AMEX");
    }

    #[test]
    fn the_account_of_a_ticket_must_exist() {
        let mut state = store();
        let request = json!({"CustomerAcct": 20418, "CustomerInfo": {"Name": "N"}});
        done(&mut state, service::POST_SERVICE_TICKET, request);
        let json = state.to_json();
        assert_eq!(json["tickets"][1]["account"], 20418);
        assert_eq!(json["customers"].as_array().unwrap().len(), 2);
        let unknown = json!({"CustomerAcct": 5, "RefNumber": "WEB-1"});
        let message = refused(
            &mut state,
            service::POST_SERVICE_TICKET,
            unknown,
            &Settings::default(),
        );
        assert!(message.contains(Post::CUSTOMER_ACCT), "{message}");
    }
}
