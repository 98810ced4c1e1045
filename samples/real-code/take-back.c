/*
 * A TD's firmware shares all of its pages by one MapGPA, takes them back by another, accepts them and uses them.
 *
 * MapGPA may answer RETRY with the first address that is not done; the caller goes on from there. The broken variant
 * keeps its place in the variable that it then accepts from, so that after a RETRY only the tail of the range is
 * accepted. The repaired one accepts all of it.
 */
#include "ringfence.h"

#define PAGE_SIZE 0x1000ULL
#define SHARED_BIT (1ULL << 47)

#define TDVMCALL 0
#define TDG_MEM_PAGE_ACCEPT 6
#define TDVMCALL_MAP_GPA 0x10001
#define MAP_GPA_RETRY 1ULL
#define REGISTERS_R10_TO_R13 0x3C00

/* One MapGPA; answers R10, and R11 in *next. */
static ringfence_u64 map_gpa(ringfence_u64 gpa, ringfence_u64 size, ringfence_u64 *next)
{
    struct ringfence_tdx_registers regs = {
        .rax = TDVMCALL,
        .rcx = REGISTERS_R10_TO_R13,
        .r11 = TDVMCALL_MAP_GPA,
        .r12 = gpa,
        .r13 = size,
    };

    ringfence_tdcall(&regs);
    *next = regs.r11;
    return regs.r10;
}

/* Maps a range, as often as the host has it retried; *first is where the last call began. */
static void map_range(ringfence_u64 *first, ringfence_u64 end, ringfence_u64 shared)
{
    for (;;) {
        ringfence_u64 next;
        ringfence_u64 status = map_gpa(*first | shared, end - *first, &next);

        if (status == 0)
            return;
        if (status != MAP_GPA_RETRY)
            ringfence_panic(shared ? "MapGPA to shared failed" : "MapGPA to private failed");
        if (next < *first || next >= end)
            ringfence_panic(shared ? "MapGPA to shared shall go on outside of its range"
                                   : "MapGPA to private shall go on outside of its range");
        *first = next;
    }
}

static void accept_range(ringfence_u64 first, ringfence_u64 end)
{
    for (ringfence_u64 gpa = first; gpa < end; gpa += PAGE_SIZE) {
        struct ringfence_tdx_registers regs = { .rax = TDG_MEM_PAGE_ACCEPT, .rcx = gpa };

        ringfence_tdcall(&regs);
        if (regs.rax != 0)
            ringfence_panic_at("accept failed of GPA", gpa);
        ringfence_taken_for_accepted(gpa);
    }
}

static void use(ringfence_u64 gpa, int value)
{
    if (ringfence_store(gpa, value) != RINGFENCE_STORED)
        ringfence_panic_at("fault in a store to private GPA", gpa);
    if (ringfence_load(gpa) > RINGFENCE_LOADED_JUNK)
        ringfence_panic_at("fault in a load from private GPA", gpa);
}

RINGFENCE_EXPORT("entry")
void entry(int pages)
{
    ringfence_u64 end = pages * PAGE_SIZE;
    ringfence_u64 first = 0;

    accept_range(0, end);
    for (ringfence_u64 gpa = 0; gpa < end; gpa += PAGE_SIZE) {
        use(gpa, RINGFENCE_DATA);
        ringfence_given_up(gpa);
    }

    map_range(&first, end, SHARED_BIT);

    first = 0;
    map_range(&first, end, 0);
#ifdef REPAIRED
    first = 0;
#endif
    accept_range(first, end);
    for (ringfence_u64 gpa = 0; gpa < end; gpa += PAGE_SIZE)
        use(gpa, RINGFENCE_NEWER);
}
