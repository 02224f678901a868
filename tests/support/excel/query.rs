//! Query files and data connections (`spec/excel.md` §6.3).

/// `.iqy`: the lines that say what it is may be left out.
pub fn web(url: &str, head: bool, post: Option<&str>) -> Vec<u8> {
    let head = if head { "WEB\r\n1\r\n" } else { "" };
    let post = post.map(|post| format!("{post}\r\n")).unwrap_or_default();
    format!(
        "{head}{url}\r\n{post}\r\nSelection=AllTables\r\nFormatting=None\r\n\
         PreFormattedTextToColumns=True\r\n"
    )
    .into_bytes()
}

/// `.dqy`.
pub fn database(connection: &str, command: &str) -> Vec<u8> {
    format!("XLODBC\r\n1\r\n{connection}\r\n{command}\r\n\r\n\r\nname\tvalue\r\n").into_bytes()
}

/// `.oqy`, `.rqy`.
pub fn ole_db(connection: &str, command: &str) -> Vec<u8> {
    format!(
        "QueryType=OLEDB\r\nVersion=1\r\nCommandType=Cube\r\nConnection={connection}\r\n\
         CommandText={command}\r\n"
    )
    .into_bytes()
}

/// `.odc`.
pub fn connection(kind: &str, connection: &str, command: &str) -> Vec<u8> {
    let escape = crate::support::package::escape;
    format!(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\">\r\n<head>\r\n\
         <meta http-equiv=Content-Type content=\"text/x-ms-odc; charset=utf-8\">\r\n\
         <meta name=ProgId content=ODC.Table>\r\n<xml id=docprops></xml>\
         <xml id=msodc><odc:OfficeDataConnection \
         xmlns:odc=\"urn:schemas-microsoft-com:office:odc\" xmlns=\"http://www.w3.org/TR/REC-html40\">\
         <odc:Connection odc:Type=\"{kind}\"><odc:ConnectionString>{}</odc:ConnectionString>\
         <odc:CommandType>SQL</odc:CommandType><odc:CommandText>{}</odc:CommandText>\
         </odc:Connection></odc:OfficeDataConnection></xml></head><body></body></html>",
        escape(connection),
        escape(command)
    )
    .into_bytes()
}
