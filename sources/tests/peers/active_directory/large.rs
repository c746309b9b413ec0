//! How long rounds take.

use std::time::Instant;

use sources::limits::PAGE_SIZE;
use sources::{ActiveDirectory, ChangeBy};
use testbed::samba::{Account, Company, PASSWORD};

use crate::peers::samba::{Branch, change, people, round, same, told, whole_domain};
use crate::scene::Kept;

#[tokio::test]
async fn five_thousand_people_are_read_and_followed() {
    let Some(branch) = Branch::of(5_000).await else {
        return;
    };
    for change_by in [ChangeBy::Usn, ChangeBy::DirSync] {
        let mut plan = whole_domain();
        plan.page_size = PAGE_SIZE;
        let access = branch.access(Account::Administrator, PASSWORD);
        let mut source = ActiveDirectory::new(access, plan, change_by).unwrap();
        let mut kept = Kept::new("");
        let way = change_by.name();
        let begun = Instant::now();
        round(&mut source, &mut kept).await.unwrap();
        println!(
            "{way}: 5,000 objects in {:.2} s",
            begun.elapsed().as_secs_f64()
        );
        same(&told(&mut kept), &people(5_000));

        let begun = Instant::now();
        let quiet = round(&mut source, &mut kept).await.unwrap();
        println!(
            "{way}: nothing new in {:.3} s",
            begun.elapsed().as_secs_f64()
        );
        assert_eq!((quiet.full, quiet.objects), (false, 0));

        let changes: String = (0..100)
            .map(|number| {
                change(
                    &Company::dn(number * 10),
                    &["replace: displayName", &format!("displayName: {way}")],
                )
            })
            .collect();
        branch.modify(&changes);
        let begun = Instant::now();
        let changed = round(&mut source, &mut kept).await.unwrap();
        println!(
            "{way}: 100 changes in {:.2} s",
            begun.elapsed().as_secs_f64()
        );
        assert_eq!((changed.full, changed.entries), (false, 100));
    }
}
