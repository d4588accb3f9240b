//! Service tickets.

use super::store::Ticket;
use super::{Outcome, State, read, ticket_reference};
use crate::value::{Object, Value};
use crate::wire::Call;

impl State {
    /// PostServiceTicket.
    pub(super) fn post_ticket(&mut self, call: &Call<'_>, answer: &mut Object) -> Outcome<()> {
        let request = call.request;
        let (account, card) = self.customer_and_card(request, "CustomerAcct")?;
        let web_ref = ticket_reference(self.fresh_id());
        let at = self.store.tickets.len();
        self.index.tickets.insert(web_ref.clone(), at);
        self.store.tickets.push(Ticket {
            web_ref: web_ref.clone(),
            ref_number: read::text(request, "RefNumber"),
            posted: self.store.now,
            account,
            serial: read::text(request, "SerialNumber"),
            item: read::text(request, "ItemDescription"),
            notes: read::text(request, "Notes"),
            form_inputs: read::form_inputs(request),
            card,
            voice_recording_length: request
                .get("VoiceRecording")
                .as_str()
                .map_or(0, |text| text.chars().count()),
        });
        self.book(call, vec![web_ref.clone()]);
        answer.set("WebRef", Value::String(web_ref));
        Ok(())
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "that is how a test fails"
)]
mod tests {
    use serde_json::json;

    use super::super::testing::{done, refused, store, text};
    use crate::settings::Settings;

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
        let answer = done(&mut state, "PostServiceTicket", request);
        let json = state.to_json();
        let ticket = &json["tickets"][1];
        assert_eq!(ticket["web_ref"], text(&answer, "WebRef"));
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
    fn the_account_of_a_ticket_counts_and_must_exist() {
        let mut state = store();
        let request = json!({"CustomerAcct": 20418, "CustomerInfo": {"Name": "N"}});
        done(&mut state, "PostServiceTicket", request);
        let json = state.to_json();
        assert_eq!(json["tickets"][1]["account"], 20418);
        assert_eq!(json["customers"].as_array().unwrap().len(), 2);
        let unknown = json!({"CustomerAcct": 5, "RefNumber": "WEB-1"});
        let message = refused(
            &mut state,
            "PostServiceTicket",
            unknown,
            &Settings::default(),
        );
        assert!(message.contains("CustomerAcct"), "{message}");
    }
}
