/*
 * A SEV-SNP host that serves one vCPU: it backs pages on faults, changes their state as asked, and divides 2M pages
 * where the guest wants 4K. Private and shared memory are different frames.
 */
#include "ringfence.h"

#define PAGE_SIZE 0x1000ULL
#define LARGE_SIZE 0x200000ULL
#define ASID 1

/* 4K pages in a 2M page; 1 where pages are backed with 4K only. */
static int small_pages;

/* A frame that will not do is forgotten, so that each look is the same. */
static int try_to_take(int size, ringfence_u64 *to)
{
    ringfence_u64 hpa = ringfence_any_frame();

    if (!ringfence_take_frame(hpa, size))
        return 0;
    *to = hpa;
    return 1;
}

static ringfence_u64 take_free(int size)
{
    ringfence_u64 hpa;

    while (!try_to_take(size, &hpa))
        ;
    return hpa;
}

static int assign(ringfence_u64 hpa, ringfence_u64 gpa, int size)
{
    struct ringfence_rmp_state state = { .gpa = gpa, .assigned = 1, .pagesize = size, .asid = ASID };

    return ringfence_rmpupdate(hpa, &state) == 0;
}

static int release(ringfence_u64 hpa)
{
    struct ringfence_rmp_state state = { .gpa = 0 };

    return ringfence_rmpupdate(hpa, &state) == 0;
}

static int is_wholly_unmapped(ringfence_u64 gpa)
{
    for (int i = 0; i < small_pages; i++)
        if (ringfence_snp_look_up((gpa & -LARGE_SIZE) + i * PAGE_SIZE) != RINGFENCE_SNP_UNMAPPED)
            return 0;
    return 1;
}

static int back_private(ringfence_u64 gpa, int largest)
{
    int size = largest && is_wholly_unmapped(gpa);
    ringfence_u64 page = size ? gpa & -LARGE_SIZE : gpa;
    ringfence_u64 hpa = take_free(size);

    if (!assign(hpa, page, size)) {
        ringfence_give_frame(hpa, size);
        return 0;
    }
    ringfence_snp_map(page, hpa, size);
    return 1;
}

static int back_shared(ringfence_u64 gpa)
{
    ringfence_snp_map(gpa, take_free(0), 0);
    return 1;
}

static int split_large(ringfence_u64 gpa)
{
    ringfence_psmash(ringfence_snp_frame_of(gpa, 1));
    ringfence_snp_split(gpa);
    return 1;
}

static int take_back(ringfence_u64 gpa)
{
    ringfence_u64 hpa = ringfence_snp_frame_of(gpa, 0);

    ringfence_snp_unmap(gpa);
    ringfence_give_frame(hpa, 0);
    return back_private(gpa, 0);
}

static int make_private(ringfence_u64 gpa)
{
    switch (ringfence_snp_look_up(gpa)) {
    case RINGFENCE_SNP_UNMAPPED:
        return back_private(gpa, 0);
    case RINGFENCE_SNP_SHARED_2M:
        ringfence_snp_split(gpa);
        return take_back(gpa);
    case RINGFENCE_SNP_SHARED:
        return take_back(gpa);
    default:
        return 1;
    }
}

static int hand_out(ringfence_u64 gpa)
{
    ringfence_u64 hpa = ringfence_snp_frame_of(gpa, 0);

    ringfence_snp_unmap(gpa);
    if (!release(hpa))
        return 0;
    ringfence_give_frame(hpa, 0);
    return back_shared(gpa);
}

static int make_shared(ringfence_u64 gpa)
{
    switch (ringfence_snp_look_up(gpa)) {
    case RINGFENCE_SNP_PRIVATE_2M:
    case RINGFENCE_SNP_PRIVATE_2M_MAPPED_4K:
        split_large(gpa);
        return hand_out(gpa);
    case RINGFENCE_SNP_PRIVATE_4K_MAPPED_2M:
        ringfence_snp_split(gpa);
        return hand_out(gpa);
    case RINGFENCE_SNP_PRIVATE:
        return hand_out(gpa);
    default:
        return 1;
    }
}

static int serve_fault(ringfence_u64 gpa, int divides)
{
    switch (ringfence_snp_look_up(gpa)) {
    case RINGFENCE_SNP_UNMAPPED:
        return back_private(gpa, small_pages > 1);
    case RINGFENCE_SNP_SHARED:
    case RINGFENCE_SNP_SHARED_2M:
        return make_private(gpa);
    case RINGFENCE_SNP_PRIVATE_2M:
        return divides ? split_large(gpa) : 1;
    case RINGFENCE_SNP_PRIVATE_2M_MAPPED_4K:
        return split_large(gpa);
    case RINGFENCE_SNP_PRIVATE_4K_MAPPED_2M:
        ringfence_snp_split(gpa);
        return 1;
    default:
        return 1;
    }
}

static int resume(int vcpu, int served)
{
    if (served)
        ringfence_vmrun(vcpu);
    return served;
}

static int answer(int vcpu, int served)
{
    ringfence_snp_answer(vcpu, !served);
    return 1;
}

static int serve(int vcpu, int reason, ringfence_u64 gpa)
{
    switch (reason) {
    case RINGFENCE_SNP_EXIT_NOT_PRESENT_PRIVATE:
        return resume(vcpu, back_private(gpa, small_pages > 1));
    case RINGFENCE_SNP_EXIT_NOT_PRESENT_SHARED:
        return resume(vcpu, back_shared(gpa));
    case RINGFENCE_SNP_EXIT_RMP_PRIVATE:
        return resume(vcpu, serve_fault(gpa, 0));
    case RINGFENCE_SNP_EXIT_SIZE_MISMATCH:
    case RINGFENCE_SNP_EXIT_VMPL:
        return resume(vcpu, serve_fault(gpa, 1));
    case RINGFENCE_SNP_EXIT_RMP_SHARED:
        return resume(vcpu, make_shared(gpa));
    case RINGFENCE_SNP_EXIT_PSC_PRIVATE_4K:
        return answer(vcpu, make_private(gpa));
    case RINGFENCE_SNP_EXIT_PSC_SHARED_4K:
        return answer(vcpu, make_shared(gpa));
    default:
        ringfence_panic("this host changes the state of 4K pages only");
    }
}

static int serve_one(void)
{
    struct ringfence_snp_exit exit;

    ringfence_snp_await_exit(1, &exit);
    return serve(exit.vcpu, exit.reason, exit.gpa);
}

RINGFENCE_EXPORT("entry")
void entry(int small)
{
    small_pages = small;
    while (serve_one())
        ;
}
