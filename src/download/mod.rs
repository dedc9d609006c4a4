//! What can be downloaded: the blank forms and the summary sheet from the form definitions, the policy from its pages.
//!
//! Pure: the fonts are an argument, and the same content gives the same bytes.

mod policy;

use crate::blank::face::Fonts;
use crate::blank::{docx, official, pdf, xlsx};
use crate::form::{FormSpec, Values};
use crate::report::Diagnostic;
use crate::said;
use crate::site::page::Page;
use crate::site::{Content, Download};

/// Every download in the order of the page. Without fonts there are no PDFs.
pub fn all(content: &Content, fonts: Option<&Fonts>) -> Result<Vec<Download>, Vec<Diagnostic>> {
    let offered = content.forms.iter().filter(|spec| !spec.internal);
    let forms = offered.flat_map(|spec| of_form(spec, content, fonts));
    let printed = content.pages.iter().filter(|page| page.pdf);
    let policy = fonts.into_iter().flat_map(|fonts| printed.clone().map(|page| of_page(page, fonts)));
    let made: Vec<_> = forms.chain(policy).collect();
    let (good, bad): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
    let faults: Vec<Diagnostic> = bad.into_iter().filter_map(Result::err).collect();
    if faults.is_empty() { Ok(good.into_iter().filter_map(Result::ok).collect()) } else { Err(faults) }
}

fn of_form(spec: &FormSpec, content: &Content, fonts: Option<&Fonts>) -> Vec<Result<Download, Diagnostic>> {
    let blank = Values::new();
    let mut made = vec![
        file(spec, ".docx", "可用 Word、WPS 或 LibreOffice 填写后打印", docx::docx(spec, &blank)),
        file(spec, ".xlsx", "可用 Excel、WPS 或 LibreOffice 填写后打印", xlsx::xlsx(spec, &blank)),
    ];
    if let Some(fonts) = fonts {
        made.insert(1, file(spec, ".pdf", "打印后手工填写", pdf::pdf(spec, &blank, fonts)));
    }
    if has_summary(spec) {
        let units: Vec<&str> = content.units.list.iter().map(|unit| unit.name.as_str()).collect();
        let office = &content.config.office;
        let note = format!("填好后发送至{}（{}）。", office.mailbox, office.short);
        let summary = xlsx::summary(spec, &units, &note);
        let mut made_summary = file(spec, "-summary.xlsx", "主管部门汇总报送用，每名专办员一行", summary);
        if let Ok(download) = &mut made_summary {
            download.title.push_str("（汇总）");
        }
        made.push(made_summary);
    }
    made
}

/// A page of policy after GB/T 9704-2012.
fn of_page(page: &Page, fonts: &Fonts) -> Result<Download, Diagnostic> {
    let made = official::official(&page.title, &policy::blocks(page), fonts);
    let wrong = |e: String| Diagnostic::of_file(&page.path, said!("no PDF can be made: {e}", "无法生成 PDF：{e}"));
    Ok(Download {
        path: page.pdf_path(),
        title: page.title.clone(),
        description: "按公文格式排版，供打印；网络版，以印发文件为准".to_owned(),
        version: page.published.as_deref().map_or(String::new(), |at| at.chars().take(10).collect()),
        bytes: made.map_err(wrong)?,
    })
}

/// A summary makes sense where a form registers officers; who succeeds whom is told one by one.
fn has_summary(spec: &FormSpec) -> bool {
    spec.roles.officer.is_some() && spec.roles.former.is_none()
}

fn file(
    spec: &FormSpec,
    ending: &str,
    description: &str,
    made: Result<Vec<u8>, String>,
) -> Result<Download, Diagnostic> {
    let (id, version) = (&spec.id, spec.version);
    let wrong = |e: String| {
        let path = format!("content/forms/{id}.yaml");
        Diagnostic::of_file(&path, said!("no `{ending}` can be made: {e}", "无法生成 {ending}：{e}"))
    };
    Ok(Download {
        path: format!("downloads/{id}{ending}"),
        title: spec.title.clone(),
        description: description.to_owned(),
        version: match &spec.issued {
            Some(day) => format!("第{version}版，{day}"),
            None => format!("第{version}版"),
        },
        bytes: made.map_err(wrong)?,
    })
}
