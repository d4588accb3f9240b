//! Deterministic numbers that look random: digests of requests, ids, tokens.
//! Not for security.

use crate::model::value::{Object, Value};

/// FNV-1a, 64 bits.
struct Digest(u64);

impl Digest {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// Writes a letter for the kind and a length, so that different values
    /// never give the same bytes.
    fn length(&mut self, kind: u8, length: usize) {
        self.bytes(&[kind]);
        self.bytes(&length.to_le_bytes());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.bytes(b"n"),
            Value::Bool(value) => self.bytes(&[b'b', u8::from(*value)]),
            Value::Int(value) => {
                self.bytes(b"i");
                self.bytes(&value.to_le_bytes());
            }
            Value::Decimal(value) => {
                self.bytes(b"m");
                // 12.5 and 12.50 are the same amount.
                self.bytes(&value.normalize().serialize());
            }
            Value::DateTime(value) => {
                self.bytes(b"d");
                self.bytes(&value.ticks.to_le_bytes());
            }
            Value::String(value) => {
                self.length(b's', value.len());
                self.bytes(value.as_bytes());
            }
            Value::Object(value) => {
                self.length(b'o', value.values().len());
                value.values().iter().for_each(|value| self.value(value));
            }
            Value::List(items) => {
                self.length(b'l', items.len());
                items.iter().for_each(|value| self.value(value));
            }
        }
    }
}

/// The digest of a request: of its own members, without those of the base
/// class, which are the credentials.
pub(super) fn of(request: &Object) -> String {
    let mut digest = Digest(0xcbf2_9ce4_8422_2325);
    for (member, value) in request.of().members.iter().zip(request.values()) {
        if member.depth == 0 {
            digest.value(value);
        }
    }
    format!("{:016x}", digest.0)
}

/// Mixes all bits of a number, one-to-one (SplitMix64).
pub(super) fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
