/*
 * A host of Arm CCA serves a realm: it backs a page when the realm faults there, changes RIPAS as the realm asks, and
 * takes the memory of what has become empty back at once.
 */
#include "ringfence.h"

#define PAGE_SIZE 0x1000ULL
#define LARGE_SIZE 0x200000ULL
#define UNPROTECTED (1ULL << 39)
#define PAGE_LEVEL 3

#define RMI(number) (0xC4000150ULL + (number))
#define RMI_GRANULE_DELEGATE RMI(0x1)
#define RMI_GRANULE_UNDELEGATE RMI(0x2)
#define RMI_DATA_CREATE_UNKNOWN RMI(0x4)
#define RMI_DATA_DESTROY RMI(0x5)
#define RMI_REC_ENTER RMI(0xC)
#define RMI_RTT_CREATE RMI(0xD)
#define RMI_RTT_MAP_UNPROTECTED RMI(0xF)
#define RMI_RTT_READ_ENTRY RMI(0x11)
#define RMI_RTT_UNMAP_UNPROTECTED RMI(0x12)
#define RMI_RTT_SET_RIPAS RMI(0x19)

#define RMI_SUCCESS 0
#define RMI_ERROR_RTT_2 0x204
#define ENTER_REJECT (1ULL << 4)

enum ripas { EMPTY, RAM, DESTROYED };
enum hipas { UNASSIGNED, ASSIGNED, TABLE };

struct entry {
    int level, hipas, ripas;
};

/* What RMI_REC_ENTER is given: its flags alone matter here. */
static struct { ringfence_u64 flags; } run;

/* Whether blocks of 2M have tables of their own; else one covers all of memory. */
static int has_blocks;

static ringfence_u64 rmi(ringfence_u64 x0, ringfence_u64 x1, ringfence_u64 x2, ringfence_u64 x3, ringfence_u64 x4)
{
    struct ringfence_smc_registers regs = { x0, x1, x2, x3, x4, 0, 0 };

    ringfence_rmi(&regs);
    return regs.x0;
}

/* Asks for what cannot fail. */
static void succeed(ringfence_u64 x0, ringfence_u64 x1, ringfence_u64 x2, ringfence_u64 x3, ringfence_u64 x4)
{
    if (rmi(x0, x1, x2, x3, x4) != RMI_SUCCESS)
        ringfence_panic_at("a command fails", x0);
}

static ringfence_u64 rd(void)
{
    return ringfence_cca_granule_of(RINGFENCE_CCA_RD, 0);
}

/* In its own memory, which is done with when it returns. */
static struct entry read_entry(ringfence_u64 descriptor, ringfence_u64 ipa)
{
    struct ringfence_smc_registers regs = { RMI_RTT_READ_ENTRY, descriptor, ipa, PAGE_LEVEL, 0, 0, 0 };

    ringfence_rmi(&regs);
    return (struct entry) { regs.x1, regs.x2, regs.x4 };
}

/* A frame that will not do is forgotten, so that each look is the same. */
static int try_to_take(ringfence_u64 *to)
{
    ringfence_u64 hpa = ringfence_any_frame();

    if (!ringfence_cca_is_free(hpa))
        return 0;
    *to = hpa;
    return 1;
}

static ringfence_u64 take_granule(void)
{
    ringfence_u64 hpa;

    while (!try_to_take(&hpa))
        ;
    return hpa;
}

static ringfence_u64 delegate(void)
{
    ringfence_u64 hpa = take_granule();

    succeed(RMI_GRANULE_DELEGATE, hpa, 0, 0, 0);
    return hpa;
}

static void add_table(ringfence_u64 ipa)
{
    ringfence_u64 descriptor = rd();

    succeed(RMI_RTT_CREATE, descriptor, delegate(), has_blocks ? ipa & -LARGE_SIZE : ipa & UNPROTECTED, PAGE_LEVEL);
}

/* Whether the realm can go on. */
static int back(ringfence_u64 ipa)
{
    ringfence_u64 descriptor = rd();
    struct entry found = read_entry(descriptor, ipa);

    if (found.hipas == ASSIGNED || found.ripas != RAM)
        return found.ripas != DESTROYED;
    if (found.level != PAGE_LEVEL)
        add_table(ipa);
    succeed(RMI_DATA_CREATE_UNKNOWN, descriptor, delegate(), ipa, 0);
    return 1;
}

static int map_alias(ringfence_u64 ipa)
{
    ringfence_u64 descriptor = rd();
    ringfence_u64 alias = ipa | UNPROTECTED;
    struct entry found = read_entry(descriptor, alias);

    if (found.level != PAGE_LEVEL)
        add_table(alias);
    if (found.hipas != ASSIGNED)
        succeed(RMI_RTT_MAP_UNPROTECTED, descriptor, alias, PAGE_LEVEL, take_granule());
    return 1;
}

static void take_memory(ringfence_u64 descriptor, ringfence_u64 ipa)
{
    struct entry found = read_entry(descriptor, ipa);

    if (found.hipas == ASSIGNED && found.ripas == EMPTY) {
        ringfence_u64 hpa = ringfence_cca_granule_of(RINGFENCE_CCA_PRIVATE, ipa);

        succeed(RMI_DATA_DESTROY, descriptor, ipa, 0, 0);
        succeed(RMI_GRANULE_UNDELEGATE, hpa, 0, 0, 0);
    }
}

static void take_alias(ringfence_u64 descriptor, ringfence_u64 ipa)
{
    if (read_entry(descriptor, ipa | UNPROTECTED).hipas == ASSIGNED)
        succeed(RMI_RTT_UNMAP_UNPROTECTED, descriptor, ipa | UNPROTECTED, PAGE_LEVEL, 0);
}

/* Whether it is done, and not to be begun anew since there was no table. */
static int try_to_change(const struct ringfence_cca_exit *exit)
{
    ringfence_u64 top = exit->ipa + exit->pages * PAGE_SIZE;
    ringfence_u64 descriptor = rd();
    ringfence_u64 rec = ringfence_cca_granule_of(RINGFENCE_CCA_REC, exit->rec);

    if (rmi(RMI_RTT_SET_RIPAS, descriptor, rec, exit->ipa, top) == RMI_ERROR_RTT_2) {
        add_table(exit->ipa);
        return 0;
    }
    for (ringfence_u64 ipa = exit->ipa; ipa < top; ipa += PAGE_SIZE)
        if (exit->ripas == EMPTY)
            take_memory(descriptor, ipa);
        else
            take_alias(descriptor, ipa);
    return 1;
}

static void change(const struct ringfence_cca_exit *exit)
{
    while (!try_to_change(exit))
        ;
}

static int serve(const struct ringfence_cca_exit *exit)
{
    switch (exit->reason) {
    case RINGFENCE_CCA_EXIT_SYNC_PROTECTED:
        return back(exit->ipa);
    case RINGFENCE_CCA_EXIT_SYNC_UNPROTECTED:
        return map_alias(exit->ipa);
    case RINGFENCE_CCA_EXIT_RIPAS_CHANGE:
        if (!(run.flags & ENTER_REJECT) || exit->ripas != RAM)
            change(exit);
        return 1;
    default:
        return 0;
    }
}

static int serve_one(int recs)
{
    struct ringfence_cca_exit exit;

    ringfence_cca_await_exit(recs, &exit);
    if (!serve(&exit))
        return 0;
    succeed(RMI_REC_ENTER, ringfence_cca_granule_of(RINGFENCE_CCA_REC, exit.rec), (unsigned long)&run, 0, 0);
    return 1;
}

RINGFENCE_EXPORT("entry")
void entry(int recs, int rejects, int blocks)
{
    run.flags = rejects ? ENTER_REJECT : 0;
    has_blocks = blocks;
    while (serve_one(recs))
        ;
}
