//! Answers that are compressed: gzip where it is asked for (feature `gzip`),
//! and otherwise only named.

use reqwest::header::{CONTENT_ENCODING, HeaderMap};

use crate::call::error::AnswerKind;

/// How each gzip begins. Nothing else that is read begins so.
const GZIP: &[u8] = &[0x1F, 0x8B];

/// The names that a text of ours may repeat.
const KNOWN: &[&str] = &["br", "compress", "deflate", "gzip", "zstd"];

/// The body, decompressed if it is gzip; as it is if that cannot be
/// decompressed. None if it becomes larger than that.
#[cfg(feature = "gzip")]
pub(crate) fn decompressed(body: Vec<u8>, most: usize) -> Option<Vec<u8>> {
    use std::io::Read;

    if !body.starts_with(GZIP) {
        return Some(body);
    }
    let mut all = Vec::new();
    let gzip = flate2::bufread::MultiGzDecoder::new(body.as_slice());
    let most_read = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let read = gzip.take(most_read).read_to_end(&mut all);
    if all.len() > most {
        return None;
    }
    Some(if read.is_ok() { all } else { body })
}

/// Nothing is asked for, and what comes is named.
#[cfg(not(feature = "gzip"))]
pub(crate) fn decompressed(body: Vec<u8>, _: usize) -> Option<Vec<u8>> {
    Some(body)
}

/// What a body is that cannot be read, if that is because it is compressed.
pub(crate) fn kind(headers: &HeaderMap, body: &[u8]) -> Option<AnswerKind> {
    if body.starts_with(GZIP) {
        return Some(if cfg!(feature = "gzip") {
            AnswerKind::UnreadableGzip
        } else {
            AnswerKind::Compressed(Some("gzip"))
        });
    }
    let declared = headers.get(CONTENT_ENCODING)?.to_str().unwrap_or_default();
    let is_text = std::str::from_utf8(body).is_ok();
    if is_text || declared.trim().eq_ignore_ascii_case("identity") {
        return None;
    }
    let mut known = KNOWN.iter().copied();
    let known = known.find(|known| known.eq_ignore_ascii_case(declared.trim()));
    Some(AnswerKind::Compressed(known))
}
