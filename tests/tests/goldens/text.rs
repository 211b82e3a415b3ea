//! A recorded constructor as the text that a user would write.

use serde_json::{Map, Value};

/// The constructor call of a case.
pub fn call(class: &str, kwargs: &Map<String, Value>) -> String {
    // transformers' cases are recorded under the name that `get_scheduler` takes.
    let function = if kwargs.contains_key("scheduler_specific_kwargs") { "get_scheduler" } else { class };
    // Keras' and optax' names are as they are; JSON has turned the keys of dicts into strings.
    let arguments: Vec<String> = kwargs.iter().map(|(key, value)| format!("{key}={}", argument(value))).collect();
    format!("{function}({})", arguments.join(", "))
}

fn argument(value: &Value) -> String {
    let list = |items: &[Value]| items.iter().map(argument).collect::<Vec<_>>().join(", ");
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{text}'"),
        Value::Array(items) => format!("[{}]", list(items)),
        Value::Object(object) => match (object.get("class"), object.get("fn")) {
            (Some(class), _) => call(class.as_str().unwrap(), object["kwargs"].as_object().unwrap()),
            (_, Some(function)) => named_function(function.as_str().unwrap(), &object["args"]),
            (None, None) => {
                let entry = |(key, value): (&String, &Value)| match key.parse::<i64>() {
                    Ok(step) => format!("{step}: {}", argument(value)),
                    Err(_) => format!("'{key}': {}", argument(value)),
                };
                format!("{{{}}}", object.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        },
    }
}

/// The functions that the recorded runs used, as the lambdas they were.
fn named_function(name: &str, args: &Value) -> String {
    let arg = |key: &str| args[key].to_string();
    match name {
        "warmup_constant" => format!("lambda e: (e + 1) / {0} if e < {0} else 1.0", arg("warmup")),
        "inv_sqrt" => format!("lambda e: min((e + 1) ** -0.5, (e + 1) * {} ** -1.5)", arg("warmup")),
        "noam" => format!(
            "lambda e: ({} ** -0.5) * min((e + 1) ** -0.5, (e + 1) * {} ** -1.5)",
            arg("d_model"),
            arg("warmup")
        ),
        "poly" => format!("lambda e: (1 - e / {}) ** {}", arg("total"), arg("power")),
        "linear_warmup_decay" => {
            format!("lambda e: e / {0} if e < {0} else max(0, ({1} - e) / ({1} - {0}))", arg("warmup"), arg("total"))
        }
        "warmup_cosine" => format!(
            "lambda e: (e + 1) / {0} if e < {0} else 0.5 * (1 + math.cos(math.pi * ((e - {0}) / ({1} - {0}))))",
            arg("warmup"),
            arg("total")
        ),
        "floor_div" => format!("lambda e: e // {}", arg("n")),
        "power_of" => format!("lambda e: {} ** e", arg("base")),
        "const" => format!("lambda e: {}", arg("value")),
        "inv_time" => format!("lambda e: 1 / (1 + {} * e)", arg("k")),
        "every" => format!("lambda e: {} if e % {} == 0 else 1", arg("factor"), arg("n")),
        "sine_scale" => "lambda x: 0.5 * (1 + math.sin(x * math.pi / 2))".into(),
        "pow5_scale" => format!("lambda x: 1 / (5 ** (x * {}))", arg("k")),
        _ => panic!("unknown function {name}"),
    }
}
