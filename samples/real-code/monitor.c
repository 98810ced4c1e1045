/*
 * A monitor at VMPL0 of an SNP guest, with a secret in a page of its own, serves an inner guest that asks for pages to
 * be validated or given up, by a list in memory.
 *
 * The list lies in the inner guest's memory. Both variants check that an entry names no page of the monitor's. The
 * broken one then reads the entry again to carry it out: between the two the inner guest can name the monitor's page.
 */
#include "ringfence.h"

#define PAGE_SIZE 0x1000ULL
#define PROTOCOL_CORE 0
#define CALL_PVALIDATE 1

#define SUCCESS 0
#define UNSUPPORTED_PROTOCOL 0x80000001ULL
#define UNSUPPORTED_CALL 0x80000002ULL
#define INVALID_ADDRESS 0x80000003ULL
#define INVALID_PARAMETER 0x80000005ULL
#define INSTRUCTION_FAILED 0x80001000ULL
#define FAIL_INPUT 0x80001001ULL
#define FAIL_UNCHANGED 0x80001010ULL

#define ENTRY_SIZE 3ULL
#define ENTRY_VALIDATE (1ULL << 2)
#define ENTRY_IGNORE_CF (1ULL << 3)
#define ENTRY_RESERVED 0xFF0ULL

#define INNER_VMPL 2
#define LAST_VMPL 3
#define READ_WRITE_EXECUTE (0xF << 8)

/* The first page that is the monitor's; all below are the inner guest's. */
static ringfence_u64 own;

/* A fault of the instruction is an error of the call, and does not stop the monitor. */
static ringfence_u64 result_of(int eax)
{
    if (eax == 0)
        return SUCCESS;
    return eax < RINGFENCE_SNP_UNCHANGED ? INSTRUCTION_FAILED | eax : FAIL_INPUT;
}

static ringfence_u64 adjust(ringfence_u64 gpa, int vmpl, int permissions)
{
    return result_of(ringfence_rmpadjust(gpa, 0, vmpl | permissions));
}

static ringfence_u64 validate_page(ringfence_u64 gpa, int validate, int ignore_cf)
{
    int eax = ringfence_pvalidate(gpa, 0, validate);

    if (eax == RINGFENCE_SNP_UNCHANGED)
        return ignore_cf ? SUCCESS : FAIL_UNCHANGED;
    return result_of(eax);
}

static ringfence_u64 take(ringfence_u64 gpa, int ignore_cf)
{
    ringfence_u64 result = validate_page(gpa, 1, ignore_cf);

    if (result != SUCCESS)
        return result;
    if (ringfence_scrub(gpa) != RINGFENCE_STORED)
        ringfence_panic_at("fault while zeroing GPA", gpa);
    return adjust(gpa, INNER_VMPL, READ_WRITE_EXECUTE);
}

static ringfence_u64 give_up(ringfence_u64 gpa, int ignore_cf)
{
    for (int vmpl = INNER_VMPL; vmpl <= LAST_VMPL; vmpl++) {
        ringfence_u64 result = adjust(gpa, vmpl, 0);

        if (result != SUCCESS)
            return result;
    }
    ringfence_u64 result = validate_page(gpa, 0, ignore_cf);
    if (result == SUCCESS)
        ringfence_invlpgb();
    return result;
}

static ringfence_u64 check(ringfence_u64 entry)
{
    if (entry == RINGFENCE_SVSM_NOT_VALIDATED)
        return INVALID_ADDRESS;
    if (entry & (ENTRY_RESERVED | ENTRY_SIZE))
        return INVALID_PARAMETER;
    return (entry & -PAGE_SIZE) >= own ? INVALID_ADDRESS : SUCCESS;
}

#ifndef REPAIRED
static ringfence_u64 check_at(ringfence_u64 at)
{
    return check(ringfence_svsm_read_word(at));
}
#endif

static ringfence_u64 carry_out(ringfence_u64 at)
{
#ifdef REPAIRED
    ringfence_u64 entry = ringfence_svsm_read_word(at);
    ringfence_u64 result = check(entry);

    if (result != SUCCESS)
        return result;
#else
    ringfence_u64 result = check_at(at);

    if (result != SUCCESS)
        return result;
    ringfence_u64 entry = ringfence_svsm_read_word(at);
    if (entry == RINGFENCE_SVSM_NOT_VALIDATED)
        return INVALID_ADDRESS;
#endif
    if (entry & ENTRY_VALIDATE)
        return take(entry & -PAGE_SIZE, !!(entry & ENTRY_IGNORE_CF));
    return give_up(entry & -PAGE_SIZE, !!(entry & ENTRY_IGNORE_CF));
}

static ringfence_u64 serve_list(ringfence_u64 rcx)
{
    if (rcx & 7)
        return INVALID_PARAMETER;
    if (rcx >= own)
        return INVALID_ADDRESS;
    ringfence_u64 header = ringfence_svsm_read_word(rcx);
    if (header == RINGFENCE_SVSM_NOT_VALIDATED)
        return INVALID_ADDRESS;

    unsigned int entries = header & 0xFFFF;
    unsigned int next = (header >> 16) & 0xFFFF;
    if (entries == 0 || entries > (PAGE_SIZE - (rcx & (PAGE_SIZE - 1)) - 8) / 8 || next >= entries)
        return INVALID_PARAMETER;

    ringfence_u64 result = SUCCESS;
    while (next < entries && result == SUCCESS) {
        result = carry_out(rcx + 8 + 8 * next);
        if (result == SUCCESS)
            next++;
    }
    return ringfence_svsm_write_header(rcx, entries, next) == RINGFENCE_STORED ? result : INVALID_ADDRESS;
}

static ringfence_u64 serve(void)
{
    ringfence_u64 rax = ringfence_svsm_await_call();

    if (rax >> 32 != PROTOCOL_CORE)
        return UNSUPPORTED_PROTOCOL;
    if ((unsigned int)rax != CALL_PVALIDATE)
        return UNSUPPORTED_CALL;
    return serve_list(ringfence_svsm_read_call(RINGFENCE_SVSM_RCX));
}

static void begin(int pages)
{
    own = (pages - 1) * PAGE_SIZE;
    for (ringfence_u64 gpa = 0; gpa < own; gpa += PAGE_SIZE)
        if (take(gpa, 0) != SUCCESS)
            ringfence_panic_at("the launch left no memory at GPA", gpa);
    if (validate_page(own, 1, 0) != SUCCESS || ringfence_scrub(own) != RINGFENCE_STORED
        || ringfence_store(own, RINGFENCE_DATA) != RINGFENCE_STORED)
        ringfence_panic("the monitor has no page of its own");
}

static void look_at_own(void)
{
    if (ringfence_load(own) != RINGFENCE_DATA)
        ringfence_panic("the monitor's own page is not what it was");
}

/* Nothing is kept from one call to the next: a local of the loop would tell points apart that are the same. */
static void serve_one(void)
{
    ringfence_svsm_answer(serve());
}

RINGFENCE_EXPORT("entry")
void entry(int pages)
{
    begin(pages);
    for (;;) {
        serve_one();
        look_at_own();
    }
}
