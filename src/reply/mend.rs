//! Faults in words for those who sent the form: what is missing or doubtful, and how to mend it. The reviewer's own
//! words are not used for fields: they may repeat a private value.

use crate::fault::Fault;
use crate::form::{Field, FormSpec, Kind};
use crate::record::Record;

/// What the sender is told about a fault; absent where it is the office's own business.
pub fn mend(fault: &Fault, spec: Option<&FormSpec>) -> Option<String> {
    let field = spec.and_then(|spec| Some((spec, spec.field(fault.field.as_deref()?)?)));
    match field {
        Some((spec, field)) => of_field(&fault.code, &spec.full_label(field), field),
        None => of_document(fault, spec),
    }
}

fn of_field(code: &str, label: &str, field: &Field) -> Option<String> {
    let what = match code {
        "missing" => "没有填写，或者未能识别，请补填",
        "check-digit" => "校验位不符，可能有笔误，请核对证件后告知正确的代码",
        "code-length" => "位数不对，应为18位统一社会信用代码或者9位组织机构代码，请核对",
        "mobile-odd" => "不是11位手机号码，请核对",
        "phone-odd" => "格式不常见，请按“区号-号码”的格式填写",
        "phone-private" => "将对外公布，所填的却是手机号码，请改填单位固定电话",
        "email-odd" => "格式不对，请核对",
        "date-unreadable" => "未能识别，请写明年、月、日",
        "name-characters" | "name-length" => "与通常的姓名写法不同，请核对是否有误",
        "disagreement" => "在不同的文件或者位置填写得不一致，请确认以哪一个为准",
        "doubtful" => "字迹不够清楚，请核对上面读到的内容是否正确",
        _ => return None,
    };
    // A private value is not shown in full, so it cannot be compared with what was read.
    let what = match (code, field.kind) {
        ("doubtful", Kind::Mobile | Kind::Code | Kind::Email) => "字迹不够清楚，采购办将对照原件核对，必要时另行联系",
        _ => what,
    };
    Some(format!("“{label}”{what}。"))
}

fn of_document(fault: &Fault, spec: Option<&FormSpec>) -> Option<String> {
    let unit = spec.and_then(|spec| spec.field(&spec.roles.unit)).map_or("单位名称", |field| field.label.as_str());
    let signature = spec.and_then(|spec| spec.fields.iter().find(|field| field.kind == Kind::Signature));
    let signature = signature.map_or("签字", |field| field.label.as_str());
    Some(match fault.code.as_str() {
        "unit-unknown" => format!("“{unit}”在单位名录中没有找到，请写与公章一致的单位全称。"),
        "unit-doubtful" => format!("“{unit}”与单位名录不完全一致，请核对是否为与公章一致的单位全称。"),
        "form-empty" => "登记表没有填写，请填写后重新发送。".to_owned(),
        "no-seal" => format!("页面上未见公章，请在“{unit}”栏加盖公章后，重新扫描发送。"),
        "no-signature" => format!("未见“{signature}”，请签字后重新扫描发送。"),
        "seal-elsewhere" => format!("公章没有盖在“{unit}”栏，采购办将对照原件核对。"),
        "old-version" => "所用表格不是现行版本，内容照常受理，各栏请核对；今后请使用网站上的现行表格。".to_owned(),
        "base64-tail" | "base64-dirt" | "unclosed" | "uuencode" | "after-close" | "no-boundary"
        | "transfer-encoding" | "size" => "附件在传输中可能受损，内容不完整的，请重新发送。".to_owned(),
        _ => return None,
    })
}

/// What is said once about all forms of a mail that came late.
pub const LATE: &str = "登记表晚于截止日期收到，照常受理。";

/// What is said of forms that came as electronic documents or as text and bear neither seal nor signature: `which` of
/// them, as `第1、3份`; all of them if absent.
pub fn paper(which: Option<&str>) -> String {
    let which = which.map_or("所收登记表".to_owned(), |which| format!("所收登记表中，{which}"));
    format!("{which}是电子文本，没有签字和公章。签字盖章的登记表还没有报送的，请补送扫描件或者纸质表。")
}

/// Whether a form came without the paper that it asks for.
pub fn is_electronic(record: &Record, spec: &FormSpec) -> bool {
    let signed = spec.fields.iter().any(|field| field.kind == Kind::Signature);
    signed && record.marks.seal.is_none() && record.marks.signature.is_none()
}

/// Why a document could not be read and what to send instead; these words are the program's own and hold no value.
pub fn instead(faults: &[&Fault]) -> String {
    const OURS: [&str; 9] = [
        "encrypted",
        "unsupported",
        "unreadable",
        "empty",
        "too-large",
        "too-many-pages",
        "too-many-members",
        "too-slow",
        "too-deep",
    ];
    let said = faults.iter().find(|fault| OURS.contains(&fault.code.as_str()));
    match said {
        Some(fault) => format!("{}。", to_sender(&fault.message).trim_end_matches('。')),
        None => "未能读取，采购办将人工查看；也可以改发 PDF、JPG 或者 Word（.docx）格式。".to_owned(),
    }
}

/// What was said to the clerk about the sender, said to the sender.
pub fn to_sender(message: &str) -> String {
    message.replace("请对方", "请").replace("请发件人", "请")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration() -> FormSpec {
        let text = include_str!("../../content/forms/registration.yaml");
        crate::form::parse::parse("registration.yaml", text).unwrap()
    }

    #[test]
    fn no_private_value_comes_through() {
        let spec = registration();
        let message = "“手机”读到不同的内容：“19400000001”与“19400000007”，请核对";
        let told = mend(&Fault::of("officer_mobile", "disagreement", message), Some(&spec)).unwrap();
        assert!(!told.contains("194") && told.contains("以哪一个为准"), "{told}");
        let told = mend(&Fault::new("field-dropped", "原填写：19400000001"), Some(&spec));
        assert_eq!(told, None);
    }

    #[test]
    fn the_sender_is_addressed_not_spoken_of() {
        let fault = Fault::new("encrypted", "文档设有密码，无法打开，请对方取消密码后重新发送");
        assert_eq!(instead(&[&fault]), "文档设有密码，无法打开，请取消密码后重新发送。");
        assert!(instead(&[&Fault::new("internal", "x")]).contains("人工查看"));
    }
}
