//! Compares the names of members as the vendor's server does, and more
//! tolerantly: ASCII case and `_` do not count, so that `WebRef`, `webRef`,
//! `WEBREF` and `web_ref` are one name.

/// What of a name counts.
pub(crate) fn folded(name: &(impl AsRef<[u8]> + ?Sized)) -> impl Iterator<Item = u8> {
    let letters = name.as_ref().iter().filter(|letter| **letter != b'_');
    letters.map(u8::to_ascii_lowercase)
}

/// Whether two names are one.
pub(crate) fn are_alike(left: &str, right: &str) -> bool {
    folded(left).eq(folded(right))
}

/// Which of the names is meant. `next` is where it most likely is, since most
/// answers have the document's order.
pub(crate) fn find(names: &[&str], name: &str, next: usize) -> Option<usize> {
    if names.get(next) == Some(&name) {
        return Some(next);
    }
    let is_exact = |known: &&str| *known == name;
    names
        .iter()
        .position(is_exact)
        .or_else(|| names.iter().position(|known| are_alike(known, name)))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn case_and_underscores_do_not_count() {
        let names = ["WebRef", "Status", "AIMSchoolId", "Addr1"];
        for (index, spellings) in [
            &[
                "WebRef",
                "webRef",
                "WEBREF",
                "web_ref",
                "_Web_Ref_",
                "wEbrEf",
            ][..],
            &["Status", "status", "STATUS", "s_t_a_t_u_s"],
            &[
                "AIMSchoolId",
                "aimSchoolId",
                "aim_school_id",
                "a_i_m_school_id",
            ],
            &["Addr1", "addr_1"],
        ]
        .iter()
        .enumerate()
        {
            for spelling in *spellings {
                for next in 0..6 {
                    assert_eq!(find(&names, spelling, next), Some(index), "{spelling}");
                }
            }
        }
        for other in [
            "", "_", "WebRe", "WebReff", "Web-Ref", "Web Ref", "Statuſ", "ＷebRef",
        ] {
            assert_eq!(find(&names, other, 0), None, "{other}");
        }
        // A name that is there wins over one that is alike.
        assert_eq!(find(&["aB", "AB"], "AB", 0), Some(1));
    }
}
