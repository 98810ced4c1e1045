/*
 * A guest asks for pages to be shared, by a list in its GHCB, and then puts into them what the host shall have.
 *
 * The header of the list lies in the GHCB, which the host can write at any time. Both variants check what they read. The
 * broken one then reads again how long the list is: between the two the host can make it longer, and gets a page more
 * than the guest meant to give.
 */
#include "ringfence.h"

#define PAGE_SIZE 0x1000ULL
#define EXIT_PAGE_STATE_CHANGE 0x80000010ULL
#define OPERATION_SHARED (2ULL << 52)
#define ENTRIES 253

/* The GHCB, as far as it is used here. */
struct ghcb {
    ringfence_u8 saved[0x390];
    ringfence_u64 sw_exit_code;
    ringfence_u64 sw_exit_info_1;
    ringfence_u64 sw_exit_info_2;
    ringfence_u64 sw_scratch;
    ringfence_u8 more[0x800 - 0x3B0];
    volatile ringfence_u64 header;
    volatile ringfence_u64 entries[ENTRIES];
    ringfence_u8 rest[0x1000 - 0x808 - 8 * ENTRIES];
};

struct ghcb ghcb __attribute__((aligned(4096)));

/* What the guest has for each of its pages: the first is for the host. */
static const int contents[] = { RINGFENCE_HOST, RINGFENCE_DATA };

/* Asks the host once; answers how many entries are done. */
static unsigned int change_state(unsigned int done, unsigned int count)
{
    ghcb.sw_exit_code = EXIT_PAGE_STATE_CHANGE;
    ringfence_vmgexit(&ghcb);
    if (ghcb.sw_exit_info_2 != 0)
        ringfence_panic("page state change failed");

    ringfence_u64 header = ghcb.header;
    unsigned int current = header & 0xFFFF;
    unsigned int last = (header >> 16) & 0xFFFF;

    if (header >> 32 != 0 || last != count - 1 || current < done || current > count)
        ringfence_panic("the host forged the header of a page state change");
    return current;
}

RINGFENCE_EXPORT("entry")
void entry(unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
        ghcb.entries[i] = OPERATION_SHARED | i * PAGE_SIZE;
    ghcb.header = (ringfence_u64)(count - 1) << 16;

    for (unsigned int done = 0; done < count;)
        done = change_state(done, count);

#ifdef REPAIRED
    unsigned int last = count - 1;
#else
    unsigned int last = (ghcb.header >> 16) & 0xFFFF;
#endif
    for (unsigned int i = 0; i <= last; i++)
        if (ringfence_store_shared(i * PAGE_SIZE, contents[i]) != RINGFENCE_STORED)
            ringfence_panic_at("fault in a store to shared GPA", i * PAGE_SIZE);
}
