//! The file of the server's key, which is made when a server first starts.

use std::path::Path;

use store::kit::seal::SealKey;

use crate::{Error, private};

/// The key's file in the data folder.
pub const FILE: &str = "seal.key";

/// The key in a data folder, made where there is none.
pub fn kept_in(folder: &Path) -> Result<SealKey, Error> {
    let file = folder.join(FILE);
    if !file.exists() {
        let made = private::write_new(&file, format!("{}\n", SealKey::generate().to_hex()).as_bytes());
        made.map_err(|e| format!("cannot make the key {}: {e}", file.display()))?;
    }
    read(&file)
}

/// The key in a file. It is never made there: two servers with a key each could not open each other's mail.
pub fn read(file: &Path) -> Result<SealKey, Error> {
    private::check_file(file)?;
    if file.exists() && !file.is_file() {
        return Err(format!("the key {} is no plain file", file.display()).into());
    }
    let text = std::fs::read_to_string(file).map_err(|e| {
        let file = file.display();
        format!(
            "cannot read the key {file}: {e}; copy the {FILE} of the data folder of your first server there"
        )
    })?;
    let key = SealKey::from_hex(text.trim());
    Ok(key.ok_or_else(|| {
        format!(
            "{} is no key: a key is 64 hexadecimal digits, as in the {FILE} of a data folder",
            file.display()
        )
    })?)
}
