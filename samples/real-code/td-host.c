/*
 * A TDX host that serves a TD which keeps all of its memory private: it gives pages by TDH.MEM.PAGE.AUG where the TD
 * faults or accepts, and a table by TDH.MEM.SEPT.ADD where there is none yet.
 */
#include "ringfence.h"

#define LARGE_SIZE 0x200000ULL
#define TDH_VP_ENTER 0
#define TDH_MEM_SEPT_ADD 3
#define TDH_MEM_PAGE_AUG 6

/* Completion statuses, without their operands. */
#define TDX_STATUS 0xFFFFFFFF00000000ULL
#define TDX_OPERAND_BUSY 0x8000020000000000ULL
#define TDX_PAGE_METADATA_INCORRECT 0xC000030000000000ULL
#define TDX_EPT_WALK_FAILED 0xC0000B0000000000ULL
#define TDX_EPT_ENTRY_STATE_INCORRECT 0xC0000B0D00000000ULL

/* Whether tables are added where there are none; a machine of 4K pages alone has none to add. */
static int adds_tables;

/* A frame that will not do is forgotten, so that each look is the same. */
static int look_for_frame(ringfence_u64 *to)
{
    ringfence_u64 hpa = ringfence_any_frame();

    if (!ringfence_tdx_is_free(hpa, 0))
        return 0;
    *to = hpa;
    return 1;
}

static ringfence_u64 find_free(void)
{
    ringfence_u64 hpa;

    while (!look_for_frame(&hpa))
        ;
    return hpa;
}

static ringfence_u64 give(int leaf, ringfence_u64 entry, ringfence_u64 hpa)
{
    struct ringfence_tdx_registers regs = { .rax = leaf, .rcx = entry, .rdx = RINGFENCE_TDR, .r8 = hpa };

    return ringfence_seamcall(&regs) & TDX_STATUS;
}

static void add_table(ringfence_u64 gpa)
{
    ringfence_u64 status = give(TDH_MEM_SEPT_ADD, (gpa & -LARGE_SIZE) | 1, find_free());

    if (status != 0 && status != TDX_OPERAND_BUSY && status != TDX_PAGE_METADATA_INCORRECT
        && status != TDX_EPT_ENTRY_STATE_INCORRECT)
        ringfence_panic_at("TDH.MEM.SEPT.ADD fails", status);
}

/* Whether there is a page now. Where there was one already, another vCPU was faster. */
static int try_to_back(ringfence_u64 gpa)
{
    ringfence_u64 status = give(TDH_MEM_PAGE_AUG, gpa, find_free());

    if (status == 0 || status == TDX_EPT_ENTRY_STATE_INCORRECT)
        return 1;
    if (status == TDX_EPT_WALK_FAILED && adds_tables)
        add_table(gpa);
    else if (status != TDX_OPERAND_BUSY && status != TDX_PAGE_METADATA_INCORRECT)
        ringfence_panic_at("TDH.MEM.PAGE.AUG fails", status);
    return 0;
}

static void back(ringfence_u64 gpa)
{
    while (!try_to_back(gpa))
        ;
}

/* Whether the TD runs on. */
static int enter(int vcpu)
{
    struct ringfence_tdx_registers regs = { .rax = TDH_VP_ENTER, .rcx = RINGFENCE_TDVPR(vcpu) };
    ringfence_u64 status = ringfence_seamcall(&regs) & TDX_STATUS;

    return status == 0 || status == TDX_OPERAND_BUSY;
}

static int serve(int vcpu, int reason, ringfence_u64 gpa)
{
    switch (reason) {
    case RINGFENCE_TDX_EXIT_EPT_VIOLATION:
    case RINGFENCE_TDX_EXIT_ACCEPT_EPT_VIOLATION:
        back(gpa);
        return enter(vcpu);
    case RINGFENCE_TDX_EXIT_EXTERNAL_INTERRUPT:
        return enter(vcpu);
    case RINGFENCE_TDX_EXIT_PENDING_EPT_VIOLATION:
        ringfence_panic("the TD touches a page that it has not accepted: KVM ends the VM");
    default:
        ringfence_panic("this host has no shared memory");
    }
}

static int serve_one(int vcpus)
{
    struct ringfence_tdx_exit exit;

    ringfence_tdx_await_exit(vcpus, &exit);
    return serve(exit.vcpu, exit.reason, exit.gpa);
}

RINGFENCE_EXPORT("entry")
void entry(int vcpus, int tables)
{
    adds_tables = tables;
    while (serve_one(vcpus))
        ;
}
