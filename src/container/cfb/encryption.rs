//! How an encrypted Office package is encrypted ([MS-OFFCRYPTO] 2.3.4).

use super::Cfb;
use crate::bytes::Bytes;
use crate::limits::Budget;

/// The scheme of an `EncryptionInfo` stream, by its version ([MS-OFFCRYPTO] 2.3.4.5, 2.3.4.6,
/// 2.3.4.10), or rights management, which has another transform.
pub(crate) fn encryption_scheme(cfb: &Cfb<'_>, budget: &Budget<'_>) -> String {
    let rights = |path: &str| path.to_lowercase().contains("drmencrypted");
    let version = cfb.find("EncryptionInfo").and_then(|stream| {
        let (bytes, _) = cfb.read(&stream, 4, budget);
        budget.release_live(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let mut bytes = Bytes::new(&bytes);
        Some((bytes.u16()?, bytes.u16()?))
    });
    let scheme = match version {
        Some((4, 4)) => "ECMA-376 agile",
        Some((2..=4, 2)) => "ECMA-376 standard",
        Some((3 | 4, 3)) => "ECMA-376 extensible",
        Some(_) | None if cfb.storages().any(|storage| rights(&storage.path)) => {
            "rights management"
        }
        Some(_) | None => "unknown scheme",
    };
    scheme.to_owned()
}
