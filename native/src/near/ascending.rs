//! Sorting by hashes, which are spread evenly: how large one is tells about where it belongs.

/// Items that fall into one bucket, about.
const TOGETHER: usize = 4;
/// Of fewer items, comparing them is faster than spreading them.
const FEW: usize = 64;

/// The items in their order, which is first of all that of their hashes. In linear time as long as these are spread evenly, and never slower than sorting.
pub fn ascending<T: Copy + Ord>(mut items: Vec<T>, hash: impl Fn(&T) -> u64) -> Vec<T> {
    if items.len() < FEW {
        items.sort_unstable();
        return items;
    }
    let buckets = (items.len() / TOGETHER).next_power_of_two();
    let bucket = |item: &T| (hash(item) >> (u64::BITS - buckets.trailing_zeros())) as usize;
    let mut ends = vec![0_u32; buckets];
    items.iter().for_each(|item| ends[bucket(item)] += 1);
    let mut before = 0;
    for end in &mut ends {
        (*end, before) = (before, before + *end);
    }
    let mut sorted = items.clone();
    for item in items {
        let end = &mut ends[bucket(&item)];
        sorted[*end as usize] = item;
        *end += 1;
    }
    let mut start = 0;
    for end in ends {
        sorted[start..end as usize].sort_unstable();
        start = end as usize;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sorting_however_the_hashes_are_spread() {
        arbtest::arbtest(|u| {
            let (count, shift) = (u.int_in_range(0..=300)?, u.int_in_range(0..=63)?);
            let items: Vec<(u64, u32)> =
                (0..count).map(|at| Ok((u.arbitrary::<u64>()? >> shift, at % 7))).collect::<Result<_, _>>()?;
            let mut wanted = items.clone();
            wanted.sort_unstable();
            assert_eq!(ascending(items, |item| item.0), wanted);
            Ok(())
        });
    }
}
