/*
 * Two CPUs of a TD each accept a page and note it in a bitmap that they share.
 *
 * The broken variant updates the bitmap without the lock: a bit that the other CPU sets between its load and its store
 * is lost. The repaired one takes the lock first.
 */
#include "ringfence.h"

#define PAGE_SIZE 0x1000ULL
#define TDG_MEM_PAGE_ACCEPT 6

/* A bit a page, which is set where the page is accepted. */
volatile unsigned int accepted;

static void lock(void)
{
#ifdef REPAIRED
    ringfence_lock("bitmap");
#endif
}

static void unlock(void)
{
#ifdef REPAIRED
    ringfence_unlock("bitmap");
#endif
}

static void accept(ringfence_u64 gpa)
{
    struct ringfence_tdx_registers regs = { .rax = TDG_MEM_PAGE_ACCEPT, .rcx = gpa };

    ringfence_tdcall(&regs);
    if (regs.rax != 0)
        ringfence_panic_at("accept failed of GPA", gpa);
    ringfence_taken_for_accepted(gpa);
}

RINGFENCE_EXPORT("entry")
void entry(int page)
{
    unsigned int bit = 1u << page;

    accept(page * PAGE_SIZE);
    lock();
    accepted |= bit;
    unlock();

    lock();
    unsigned int known = accepted;
    unlock();
    if (!(known & bit))
        ringfence_panic_at("the bitmap has lost GPA", page * PAGE_SIZE);
    if (ringfence_store(page * PAGE_SIZE, RINGFENCE_DATA) != RINGFENCE_STORED
        || ringfence_load(page * PAGE_SIZE) > RINGFENCE_LOADED_JUNK)
        ringfence_panic_at("fault in GPA", page * PAGE_SIZE);
}
