//! Files that are far too large, in real bytes over a real connection: whoever sends one is told so on a page, and does not
//! find the connection broken.

use super::*;

const MB: usize = 1024 * 1024;

/// A form with a file of so many bytes.
fn form(field: &str, bytes: usize) -> String {
    let file = "x".repeat(bytes);
    format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"大.pdf\"\r\n\r\n{file}\r\n--xyz--\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_far_too_large_is_refused_in_a_sentence() {
    let station = Station::start(true).await;
    let head = "Sec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=xyz\r\n";
    for (path, field, bytes, said) in [
        ("/issues/1/attachments", "file", 20 * MB, "The file is too large, so nothing was attached"),
        ("/issues/1/attachments", "file", 60 * MB, "The file is too large, so nothing was attached"),
        ("/issues/1/document", "document", 60 * MB, "over 20 MB"),
        ("/publications/brief", "document", 60 * MB, "over 20 MB"),
        ("/publications/brief/lists/all/import", "file", 60 * MB, "larger than 50 MB"),
    ] {
        let answer = station.ask("POST", path, head, &form(field, bytes)).await;
        assert!(is(&answer, 422) && answer.contains(said), "{path}, {bytes}: {answer}");
    }
    // What is refused at the door is not read by any room.
    let stranger = Station::start(false).await;
    let answer = stranger.ask("POST", "/issues/1/attachments", head, &form("file", 20 * MB)).await;
    assert!(is(&answer, 401), "{answer}");
    assert!(station.get("/issues/1/facts").await.contains("No file goes with this issue"));
}
