//! Computes what is due on a contract, by the rules in the documentation of
//! [`super`].

use rust_decimal::{Decimal, RoundingStrategy};

use super::store::{Contract, Date, Merchant, Money, Rate};

/// The dates and amounts of GetContractDetails.
pub(super) struct Figures {
    pub next_due: Option<Date>,
    pub payment: Decimal,
    pub past_due: Decimal,
    pub late_charges: Decimal,
    pub other_charges: Decimal,
    pub total_due: Decimal,
    pub credit: Decimal,
    pub payoff: Decimal,
    pub discounted_payoff: Option<Decimal>,
    pub payoff_date: Option<Date>,
}

impl Figures {
    /// The figures of a contract at the moment `now`.
    pub(super) fn of(contract: &Contract, merchant: &Merchant, now: Date) -> Self {
        let rate = contract.rate.as_ref();
        let payment = rate.map_or(Decimal::ZERO, monthly);
        let first_due = first_due(contract);
        let come = first_due.map_or(0, |date| date.months_come(now));
        let next_due = first_due.and_then(|date| date.plus_months(come));

        let credit = sum(contract.payments.iter().map(|payment| payment.amount.0));
        let due = payment.checked_mul(come.into()).unwrap_or(Decimal::MAX);
        let past_due = rest(sum([rate.map_or(Decimal::ZERO, down_payment), due]), credit);
        let late_charges = contract.late_charges.0;
        let prices = contract.accessories.iter().map(|it| it.price.0);
        let other_charges = sum([contract.other_charges.0].into_iter().chain(prices));

        let price = contract.cash_price.map(|price| price.0);
        let payoff = price.map_or(Decimal::ZERO, |price| rest(price, credit));
        let discounted_payoff = price.and(merchant.payoff_discount).and_then(|discount| {
            let part = Decimal::ONE.checked_sub(discount.0)?;
            let cents = RoundingStrategy::MidpointAwayFromZero;
            Some(payoff.checked_mul(part)?.round_dp_with_strategy(2, cents))
        });
        Self {
            next_due,
            payment,
            past_due,
            late_charges,
            other_charges,
            total_due: sum([payment, past_due, late_charges, other_charges]),
            credit,
            payoff,
            discounted_payoff,
            payoff_date: price
                .and(next_due)
                .map(|due| due.plus_days(merchant.payoff_days)),
        }
    }
}

/// The sum of all kinds of down payment.
pub(super) fn down_payment(rate: &Rate) -> Decimal {
    amounts([rate.down_pay, rate.down_maint, rate.down_lease])
}

/// The sum of all kinds of monthly payment.
fn monthly(rate: &Rate) -> Decimal {
    amounts([rate.mo_pay, rate.mo_maint, rate.mo_lease])
}

/// When the first monthly payment is due.
fn first_due(contract: &Contract) -> Option<Date> {
    contract.first_due.or_else(|| {
        let covered = contract.rate.as_ref()?.months.max(0);
        let begin = contract.delivery_date.unwrap_or(contract.posted).day();
        begin.plus_months(covered.unsigned_abs())
    })
}

fn amounts(amounts: [Option<Money>; 3]) -> Decimal {
    sum(amounts.into_iter().flatten().map(|amount| amount.0))
}

/// The sum, or the largest amount that exists.
fn sum(amounts: impl IntoIterator<Item = Decimal>) -> Decimal {
    amounts.into_iter().fold(Decimal::ZERO, |sum, amount| {
        sum.checked_add(amount).unwrap_or(Decimal::MAX)
    })
}

/// The rest of an amount, never below 0.
fn rest(amount: Decimal, paid: Decimal) -> Decimal {
    let rest = amount.checked_sub(paid).unwrap_or(Decimal::MAX);
    rest.max(Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::base::State;
    use super::super::testing::{amount, details, text};
    use crate::model::names::GetContractDetailsResponse as Details;
    use crate::model::value::Object;

    fn contract(now: &str, contract: serde_json::Value) -> Object {
        let mut json = json!({
            "now": now, "merchant": {"payoff_discount": "0.15"},
            "contracts": [{"pk": 1, "web_ref": "W", "posted": "2026-01-31T15:00:00"}],
        });
        for (name, value) in contract.as_object().unwrap() {
            json["contracts"][0][name] = value.clone();
        }
        details(&mut State::from_json(&json).unwrap(), "W")
    }

    fn date(answer: &Object, name: &str) -> String {
        answer.get(name).as_date().unwrap().to_round_trip()[..19].to_owned()
    }

    #[test]
    fn payments_are_due_every_month() {
        let rate = json!({"mo_pay": "10.00", "mo_maint": "2.50", "mo_lease": "0.500", "months": 1});
        for (now, next, past_due) in [
            ("2026-01-31T15:00:00", "2026-02-28T00:00:00", "0.000"),
            ("2026-02-27T23:59:59", "2026-02-28T00:00:00", "0.000"),
            ("2026-02-28T00:00:00", "2026-03-28T00:00:00", "13.000"),
            ("2026-03-27T00:00:00", "2026-03-28T00:00:00", "13.000"),
            ("2027-02-28T00:00:00", "2027-03-28T00:00:00", "169.000"),
        ] {
            let answer = contract(now, json!({ "rate": rate }));
            assert_eq!(date(&answer, Details::NEXT_DUE_DATE), next, "{now}");
            let found = answer.get(Details::PAST_DUE_AMOUNT).as_decimal();
            assert_eq!(found, Some(past_due.parse().unwrap()), "{now}");
            assert_eq!(amount(&answer, Details::PAYMENT_AMOUNT), "13.000");
        }
    }

    #[test]
    fn delivery_and_first_due_move_the_payments() {
        let rate = json!({"mo_pay": "10", "months": 2});
        let now = "2026-03-01T00:00:00";
        let delivered = json!({"rate": rate, "delivery_date": "2026-02-10T12:00:00"});
        let answer = contract(now, delivered.clone());
        assert_eq!(date(&answer, Details::NEXT_DUE_DATE), "2026-04-10T00:00:00");
        let mut both = delivered;
        both["first_due"] = json!("2026-03-15T08:30:00");
        assert_eq!(
            date(&contract(now, both), Details::NEXT_DUE_DATE),
            "2026-03-15T08:30:00"
        );
    }

    #[test]
    fn down_payment_and_payments_made_count() {
        let rate = json!({"down_pay": "20.00", "down_maint": "1", "down_lease": "2", "mo_pay": "10", "months": 3});
        let paid = |amounts: [&str; 2]| amounts.map(|it| json!({ "amount": it }));
        let now = "2026-02-01T00:00:00";
        let answer = contract(now, json!({"rate": rate, "payments": paid(["3.00", "0"])}));
        assert_eq!(amount(&answer, Details::PAST_DUE_AMT), "20.00");
        assert_eq!(amount(&answer, Details::ACCUMULATED_CREDIT), "3.00");
        let answer = contract(now, json!({"rate": rate, "payments": paid(["23", "1000"])}));
        assert_eq!(amount(&answer, Details::PAST_DUE_AMT), "0");
    }

    #[test]
    fn the_payoff_is_rounded_to_cents_and_absent_without_a_price() {
        let answer = contract(
            "2026-01-31T15:00:00",
            json!({"cash_price": "100.10", "payments": [{"amount": "0.20"}], "first_due": "2026-03-01T00:00:00"}),
        );
        assert_eq!(amount(&answer, Details::TOTAL_PAYOFF), "99.90");
        assert_eq!(amount(&answer, Details::DISCOUNTED_PAYOFF), "84.92");
        assert_eq!(date(&answer, Details::PAYOFF_DATE), "2026-03-15T00:00:00");
        let answer = contract("2026-01-31T15:00:00", json!({}));
        assert_eq!(amount(&answer, Details::TOTAL_PAYOFF), "0");
        assert!(answer.get(Details::DISCOUNTED_PAYOFF).is_null());
        assert_eq!(date(&answer, Details::PAYOFF_DATE), "0001-01-01T00:00:00");
        assert_eq!(text(&answer, Details::TOPIC), "RENTALDETAILS");
    }

    #[test]
    fn amounts_stop_at_the_largest_one() {
        let most = "79228162514264337593543950335";
        let answer = contract(
            "9999-12-31T23:59:59",
            json!({
                "rate": {"mo_pay": most, "mo_maint": most, "months": i32::MAX},
                "other_charges": most, "late_charges": most, "cash_price": most,
                "first_due": "0001-01-01T00:00:00",
                "payments": [{"amount": format!("-{most}")}],
            }),
        );
        assert_eq!(amount(&answer, Details::TOTAL_DUE), most);
        // The next one would be due in the year 10000.
        assert_eq!(date(&answer, Details::NEXT_DUE_DATE), "0001-01-01T00:00:00");
    }
}
