//! Mouse, keyboard and finger, as the browser gets them from the system.

use serde_json::{Value, json};

use crate::page::Page;

/// Alt, as the protocol counts modifiers.
pub const ALT: u32 = 1;
/// Ctrl.
pub const CTRL: u32 = 2;
/// Shift.
pub const SHIFT: u32 = 8;

impl Page {
    /// Brings an element into view and says where its middle is.
    pub fn middle(&self, selector: &str) -> (f64, f64) {
        let place = self.run(&format!(
            "const element = document.querySelector(\"{selector}\");
             element.scrollIntoView({{ block: 'center', behavior: 'instant' }});
             const {{ left, top, width, height }} = element.getBoundingClientRect();
             return [left + width / 2, top + height / 2]"
        ));
        let number = |index: usize| place[index].as_f64().unwrap_or_else(|| panic!("{selector} is not on the page"));
        (number(0), number(1))
    }

    /// Drags an element with the mouse.
    pub fn drag(&self, selector: &str, (right, down): (f64, f64)) {
        let (x, y) = self.middle(selector);
        let mouse = |kind: &str, x: f64, y: f64| {
            let buttons = u32::from(kind != "mouseReleased");
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1 });
            self.devtools("Input.dispatchMouseEvent", event);
        };
        mouse("mousePressed", x, y);
        for part in 1..=8 {
            let share = f64::from(part) / 8.0;
            mouse("mouseMoved", x + right * share, y + down * share);
        }
        mouse("mouseReleased", x + right, y + down);
    }

    /// Drags an element with a finger.
    pub fn swipe(&self, selector: &str, (right, down): (f64, f64)) {
        let (x, y) = self.middle(selector);
        let touch = |kind: &str, points: Value| {
            self.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points }));
        };
        touch("touchStart", json!([{ "x": x, "y": y }]));
        for part in 1..=8 {
            let share = f64::from(part) / 8.0;
            touch("touchMove", json!([{ "x": x + right * share, "y": y + down * share }]));
        }
        touch("touchEnd", json!([]));
    }

    /// Puts the keyboard on an element.
    pub fn focus(&self, selector: &str) {
        self.run(&format!("document.querySelector(\"{selector}\").focus()"));
    }

    /// Presses a key, such as `ArrowLeft`, with modifiers.
    pub fn press_key(&self, key: &str, modifiers: u32) {
        let code = match key {
            "PageUp" => 33,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            "Delete" => 46,
            "z" | "Z" => 90,
            _ => panic!("the tests do not know the key {key}"),
        };
        for kind in ["rawKeyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers });
            self.devtools("Input.dispatchKeyEvent", event);
        }
    }

    /// The value of an attribute of the first element that a selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> String {
        let script = format!("return document.querySelector(\"{selector}\")?.getAttribute('{name}') ?? ''");
        self.run(&script).as_str().unwrap_or_default().to_owned()
    }
}
