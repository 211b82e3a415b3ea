//! Nothing leaves the origin: no view asks for anything elsewhere, and none could.

use crate::navigation::{VIEWS, wait_for_view};
use crate::page::{Gpu, Page};

#[test]
fn no_request_leaves_the_origin() {
    let page = Page::open("policy", Gpu::Absent, "");
    for view in VIEWS {
        page.click(&format!("view-{view}"));
        wait_for_view(&page, view);
    }
    let foreign = page.run(
        "return performance.getEntriesByType('resource').map(entry => entry.name)
            .filter(name => !name.startsWith(location.origin) && !/^(blob|data):/.test(name))",
    );
    assert_eq!(foreign, serde_json::json!([]));
    let loaded = page.run("return performance.getEntriesByType('resource').length");
    assert!(loaded.as_u64() > Some(5), "the entries are those of the page: {loaded}");
    page.assert_no_errors();

    // What somebody might smuggle in does not get out either.
    let refused = page.run(
        "return (async () => { const violations = [];
         document.addEventListener('securitypolicyviolation', event => violations.push(event.effectiveDirective));
         new Image().src = 'https://example.org/pixel.png';
         const script = document.createElement('script');
         script.textContent = 'window.smuggled = true';
         document.head.append(script);
         const fetched = await fetch('https://example.org/').then(() => 'fetched', () => 'refused');
         await new Promise(resolve => setTimeout(resolve, 200));
         return [fetched, Boolean(window.smuggled), violations.includes('img-src'), violations.includes('connect-src')] })()",
    );
    assert_eq!(refused, serde_json::json!(["refused", false, true, true]));
}
