//! JUnit XML, which build servers show as failed tests.

use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::Report;
use crate::Failure;

/// All files: a suite each, with a test for each finding.
pub fn render(report: &Report<'_>) -> Result<String, Failure> {
    let mut out = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_vec();
    let diagnostics: Vec<_> = report.diagnostics().collect();
    let count = diagnostics.len().to_string();
    let mut writer = Writer::new_with_indent(&mut out, b' ', 2);
    let written = writer
        .create_element("testsuites")
        .with_attributes([("name", "lrscope"), ("tests", &*count), ("failures", &*count), ("errors", "0")])
        .write_inner_content(|writer| {
            for file in report.files.iter().filter(|file| !file.findings.is_empty()) {
                let of_file: Vec<_> =
                    diagnostics.iter().filter(|diagnostic| std::ptr::eq(diagnostic.file, file)).collect();
                let count = of_file.len().to_string();
                let attributes = [
                    ("name", &*file.path),
                    ("tests", &*count),
                    ("failures", &*count),
                    ("errors", "0"),
                    ("skipped", "0"),
                ];
                writer.create_element("testsuite").with_attributes(attributes).write_inner_content(|writer| {
                    for diagnostic in of_file {
                        let rule = diagnostic.finding.rule;
                        let line = diagnostic.start.place.line.to_string();
                        let at = diagnostic.at();
                        let text = format!("{at}: {} {}", diagnostic.message(), diagnostic.finding.help);
                        writer
                            .create_element("testcase")
                            .with_attributes([("name", rule.name), ("classname", &*file.path), ("line", &*line)])
                            .write_inner_content(|writer| {
                                writer
                                    .create_element("failure")
                                    .with_attributes([
                                        ("message", &*diagnostic.finding.what),
                                        ("type", &*format!("{} {}", diagnostic.severity(), rule.code)),
                                    ])
                                    .write_text_content(BytesText::new(text.trim_end()))?;
                                Ok(())
                            })?;
                    }
                    Ok(())
                })?;
            }
            Ok(())
        });
    written.map_err(|error| Failure::new(format!("Could not write XML: {error}.")))?;
    out.push(b'\n');
    // Characters that no XML may hold, not even escaped (https://www.w3.org/TR/xml/#charsets).
    let is_allowed = |char: &char| !char.is_control() || matches!(char, '\t' | '\n' | '\r');
    Ok(String::from_utf8_lossy(&out).chars().filter(is_allowed).collect())
}
