use aim_client::Money;
use serde_json::Value;

/// The largest mantissa of .NET's decimal.
const LARGEST: &str = "79228162514264337593543950335";

/// Amounts, read from text.
///
/// - What can be held exactly is read, and nothing else: the digits are worked
///   out here on text alone.
/// - It is written as plain digits with its scale, and read again as the same.
/// - JSON's numbers and texts are read as the text itself is.
/// - What went through an `f64` is the same number or refused, wherever an
///   `f64` has room for its digits.
pub fn money(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let read = |text: &str| text.parse::<Money>().ok().map(|amount| amount.to_string());
    let expected = plain(text);
    assert_eq!(read(text), expected, "{text}");
    if let Some(digits) = &expected {
        assert_eq!(read(digits).as_ref(), Some(digits), "{text}, written");
        let amount: Money = text.parse().unwrap();
        assert_eq!(&serde_json::to_string(&amount).unwrap(), digits);
        assert_eq!(&format!("{amount:?}"), digits);
    }

    let from_json = |json: &str| {
        let amount: Option<Money> = serde_json::from_str(json).ok();
        amount.map(|amount| amount.to_string())
    };
    let quoted = serde_json::to_string(text).unwrap();
    assert_eq!(from_json(&quoted), plain(text.trim()), "{quoted} in json");
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return;
    };
    if value.is_number() {
        let json = text.trim();
        assert_eq!(from_json(json), plain(json), "{json} in json");
        let rounded: Option<Money> = serde_json::from_value(value).ok();
        if let Some(rounded) = rounded
            && has_room_in_f64(json)
        {
            // The scale is lost, zeros that are too many included.
            let exact = plain(&without_last_zeros(json));
            let exact: Option<Money> = exact.map(|digits| digits.parse().unwrap());
            assert_eq!(Some(rounded), exact, "{json} by way of f64");
        }
    }
}

/// Whether a number has at most 15 digits, zeros at the end included, and at
/// most 22 decimals or zeros behind them: any further and `serde_json` does not read it into the nearest `f64`.
fn has_room_in_f64(number: &str) -> bool {
    let (digits, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let decimals = digits
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    let power = exponent
        .parse::<i32>()
        .ok()
        .zip(i32::try_from(decimals).ok());
    let digits = digits.replace(['-', '.'], "");
    digits.trim_start_matches('0').len() <= 15
        && power.is_some_and(|(exponent, decimals)| (-22..=22).contains(&(exponent - decimals)))
}

/// The same number, without the zeros at the end of its decimals.
fn without_last_zeros(number: &str) -> String {
    let end = number.find(['e', 'E']).unwrap_or(number.len());
    let (digits, exponent) = number.split_at(end);
    if digits
        .bytes()
        .all(|letter| matches!(letter, b'-' | b'.' | b'0'))
    {
        return "0".to_owned();
    }
    let digits = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    };
    format!("{digits}{exponent}")
}

/// The plain digits of a number that fits; none of anything else.
fn plain(text: &str) -> Option<String> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if !is_digits(digits) {
                return None;
            }
            (number, exponent.parse::<i64>().ok()?)
        }
        None => (text, 0),
    };
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    if !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    let decimals = if unsigned.contains('.') { decimals } else { "" };
    let mut digits = format!("{whole}{decimals}")
        .trim_start_matches('0')
        .to_owned();
    let scale = i64::try_from(decimals.len())
        .unwrap()
        .checked_sub(exponent)?;
    if scale < 0 && !digits.is_empty() {
        let zeros = usize::try_from(-scale).ok().filter(|zeros| *zeros < 29)?;
        digits.push_str(&"0".repeat(zeros));
    }
    let scale = usize::try_from(scale.max(0))
        .ok()
        .filter(|scale| *scale <= 28)?;
    if digits.len() > LARGEST.len() || (digits.len() == LARGEST.len() && &*digits > LARGEST) {
        return None;
    }
    let sign = if number.starts_with('-') && !digits.is_empty() {
        "-"
    } else {
        ""
    };
    let digits = format!("{digits:0>width$}", width = scale + 1);
    let (whole, decimals) = digits.split_at(digits.len() - scale);
    let point = if scale == 0 { "" } else { "." };
    Some(format!("{sign}{whole}{point}{decimals}"))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
