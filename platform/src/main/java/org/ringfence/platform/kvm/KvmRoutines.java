package org.ringfence.platform.kvm;

import java.util.List;
import java.util.stream.Stream;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.host.kvm.fault.AccessAndConvert;
import org.ringfence.stack.host.kvm.fault.ConvertGuestPage;
import org.ringfence.stack.host.kvm.fault.DeleteSlot;
import org.ringfence.stack.host.kvm.fault.FaultProtocol;
import org.ringfence.stack.host.kvm.fault.HandleFault;
import org.ringfence.stack.host.kvm.fault.Invalidations;
import org.ringfence.stack.host.kvm.fault.MemoryAttributes;
import org.ringfence.stack.host.kvm.fault.PreFaultMemory;
import org.ringfence.stack.host.kvm.fault.PunchHole;
import org.ringfence.stack.host.kvm.fault.RefillHole;
import org.ringfence.stack.host.kvm.fault.RunVcpu;
import org.ringfence.stack.host.kvm.fault.SetMemoryAttributes;
import org.ringfence.stack.host.kvm.fault.SwapOutShared;
import org.ringfence.stack.host.kvm.fault.Zap;
import org.ringfence.stack.host.kvm.hypercall.ConvertByHypercall;
import org.ringfence.stack.host.kvm.hypercall.HypercallExits;
import org.ringfence.stack.host.kvm.hypercall.MapGpaRange;
import org.ringfence.stack.host.kvm.hypercall.ServeHypercalls;
import org.ringfence.stack.host.kvm.inplace.ConvertInPlace;
import org.ringfence.stack.host.kvm.inplace.InPlaceFile;
import org.ringfence.stack.host.kvm.inplace.UseBufferInPlace;
import org.ringfence.stack.sync.GracePeriods;
import org.ringfence.stack.sync.Locks;
import org.ringfence.stack.sync.SequenceCounters;

/** KVM's own routines: vCPUs that fault, and who takes memory away from them. */
public final class KvmRoutines implements Routines {
    private static final Part[] PARTS = {
        Locks.Named.of(FaultProtocol.MMU_LOCK, FaultProtocol.SLOTS_LOCK, FaultProtocol.FILE_LOCK),
        SequenceCounters.Named.of(FaultProtocol.SEQUENCE),
        GracePeriods.PART,
        MemoryAttributes.PART,
        Invalidations.PART
    };

    private static final Part[] WITH_HYPERCALLS = Stream.concat(Stream.of(PARTS), Stream.of(HypercallExits.PART))
            .toArray(Part[]::new);

    private static final Part[] IN_PLACE = {
        Locks.Named.of(FaultProtocol.FILE_LOCK), InPlaceFile.PART
    };

    /** Options of who takes memory away, and which parts of the protocol there are. */
    public record Taking(
            @Meaning("the page's number") int page,
            @Meaning("whether a page is made private, where one is converted") boolean toPrivate,
            @Meaning("whether a VMM discards the copy that is out of use") boolean discards,
            @Meaning("whether everyone takes mmu_lock") boolean lock,
            @Meaning("whether faults are readers of slots, and a deletion waits for them") boolean gracePeriod,
            @Meaning("whether it zaps in a locked section of its own, and announces the invalidation after that") boolean zapsFirst,
            @Meaning("whether it zaps what is mapped at all") boolean zaps) {
        static final Taking STANDARD = new Taking(0, false, true, true, true, false, true);

        FaultProtocol protocol() {
            return new FaultProtocol(true, true, lock, gracePeriod, zapsFirst, zaps);
        }
    }

    /** Options of a conversion in place. */
    public record InPlace(
            @Meaning("the page's number") int page,
            @Meaning("whether the page is made private, or shared") boolean toPrivate,
            @Meaning("what becomes of the page's contents") ConvertInPlace.Mode mode,
            @Meaning("whether userspace's mappings are taken away first") boolean unmaps,
            @Meaning("whether a page with references of others is refused") boolean countsReferences) {
        static final InPlace STANDARD = new InPlace(0, true, ConvertInPlace.Mode.PRESERVE, true, true);

        Routine<?> routine(Geometry geometry) {
            return new ConvertInPlace(geometry.gpa(page), toPrivate, mode, unmaps, countsReferences);
        }
    }

    /** Options of a VMM that reads a buffer. */
    public record Buffer(
            @Meaning("the page's number") int page,
            @Meaning("whether it handles SIGBUS") boolean handles) {
        static final Buffer STANDARD = new Buffer(0, true);
    }

    /** Options of a vCPU. */
    public record Running(
            @Meaning("the page's number") int page,
            @Meaning("what the guest does with the page") RunVcpu.Use use,
            @Meaning("whether its access is private: as the attribute says, or as the hardware says") HandleFault.Access access,
            @Meaning("whether a fault compares mmu_invalidate_seq with what it was at its beginning") boolean sequence,
            @Meaning("whether a fault looks whether an invalidation of its page is in progress") boolean range,
            @Meaning("whether everyone takes mmu_lock") boolean lock,
            @Meaning("whether faults are readers of slots, and a deletion waits for them") boolean gracePeriod,
            @Meaning("whether shared memory is mapped 2M at once") FaultProtocol.Large large,
            @Meaning("whether userspace's memory may be swapped out; not with 2M") boolean swaps) {
        static final Running STANDARD = new Running(
                0, RunVcpu.Use.CONFIDE, HandleFault.Access.AS_ATTRIBUTE, true, true, true, true,
                FaultProtocol.Large.NEVER, false);

        public Running {
            if (swaps && large != FaultProtocol.Large.NEVER) {
                throw new IllegalArgumentException(
                        "memory that is swapped is mapped 4K here: 'swaps' needs large: never");
            }
        }

        Routine<?> routine(Geometry geometry) {
            return new RunVcpu(
                    geometry.gpa(page), use, access,
                    new FaultProtocol(sequence, range, lock, gracePeriod, false, true, large, swaps));
        }
    }

    /** Options of KVM_PRE_FAULT_MEMORY. */
    public record PreFaulting(
            @Meaning("the first page's number") int page,
            @Meaning("how many 4K pages") int pages,
            @Meaning("whether the fault compares mmu_invalidate_seq") boolean sequence) {
        static final PreFaulting STANDARD = new PreFaulting(0, 1, true);

        Routine<?> routine(Geometry geometry) {
            return new PreFaultMemory(
                    geometry.gpa(page), pages * Geometry.SMALL, 0, geometry,
                    new FaultProtocol(sequence, true, true, true, false, true));
        }
    }

    /** Options of a guest that asks for a conversion. */
    public record Asking(
            @Meaning("the first page's number") int page,
            @Meaning("how many 4K pages it asks for") int pages,
            @Meaning("the privilege level from which it asks") int cpl,
            @Meaning("whether the page is made private, or shared") boolean toPrivate,
            @Meaning("what it does with the first page then") RunVcpu.Use use) {
        static final Asking STANDARD = new Asking(0, 1, 0, true, RunVcpu.Use.CONFIDE_AND_READ);

        Routine<?> routine(Geometry geometry) {
            long gpa = geometry.gpa(page);
            return new ConvertByHypercall(
                    new MapGpaRange(cpl, gpa, pages, toPrivate ? MapGpaRange.ENCRYPTED : 0),
                    new RunVcpu(gpa, use, HandleFault.Access.AS_ATTRIBUTE, FaultProtocol.WHOLE));
        }
    }

    /** Options of a VMM that serves hypercalls. */
    public record Serving(
            @Meaning("whose flush requests it answers: an actor's place among the actors") int vcpu,
            @Meaning("whether it does what it is asked for before it answers that it is done") boolean obeys) {
        static final Serving STANDARD = new Serving(0, true);

        Routine<?> routine(Geometry geometry) {
            return new ServeHypercalls(vcpu, geometry, obeys, FaultProtocol.WHOLE);
        }
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                new Entry(
                        "kvm-convert",
                        Taking.STANDARD,
                        (options, geometry) -> {
                            Taking taking = (Taking) options;
                            return new ConvertGuestPage(
                                    geometry.gpa(taking.page), taking.toPrivate, taking.discards, taking.protocol());
                        },
                        "a VMM that converts a page, and counts its copies (KVM)").needing(PARTS),
                new Entry(
                        "kvm-convert-in-place",
                        InPlace.STANDARD,
                        (options, geometry) -> ((InPlace) options).routine(geometry),
                        "converts a page of guest_memfd in place, as is proposed (KVM)").needing(IN_PLACE),
                new Entry(
                        "kvm-delete-slot",
                        Taking.STANDARD,
                        (options, geometry) -> new DeleteSlot(geometry, ((Taking) options).protocol()),
                        "deletes the memory slot (KVM)").needing(PARTS),
                new Entry(
                        "kvm-guest-converts",
                        Taking.STANDARD,
                        (options, geometry) -> {
                            Taking taking = (Taking) options;
                            long gpa = geometry.gpa(taking.page);
                            return new AccessAndConvert(
                                    new RunVcpu(
                                            gpa, RunVcpu.Use.READ, HandleFault.Access.AS_ATTRIBUTE, taking.protocol()),
                                    new ConvertGuestPage(gpa, taking.toPrivate, taking.discards, taking.protocol()));
                        },
                        "a vCPU that uses a page, has its VMM convert it, and uses it again (KVM)").needing(PARTS),
                new Entry(
                        "kvm-map-gpa-range",
                        Asking.STANDARD,
                        (options, geometry) -> ((Asking) options).routine(geometry),
                        "a vCPU that asks by hypercall for a conversion, and uses the page (KVM)")
                        .needing(WITH_HYPERCALLS),
                new Entry(
                        "kvm-pre-fault",
                        PreFaulting.STANDARD,
                        (options, geometry) -> ((PreFaulting) options).routine(geometry),
                        "a vCPU's thread that faults pages in before the guest runs (KVM)").needing(PARTS),
                new Entry(
                        "kvm-punch-hole",
                        Taking.STANDARD,
                        (options, geometry) -> {
                            Taking taking = (Taking) options;
                            return new PunchHole(geometry.gpa(taking.page), taking.protocol());
                        },
                        "punches a page out of guest_memfd (KVM)").needing(PARTS),
                new Entry(
                        "kvm-refill-hole",
                        Taking.STANDARD,
                        (options, geometry) -> {
                            Taking taking = (Taking) options;
                            return new RefillHole(geometry.gpa(taking.page), taking.protocol());
                        },
                        "punches a page out of guest_memfd and has another allocated there (KVM)").needing(PARTS),
                new Entry(
                        "kvm-serve-hypercalls",
                        Serving.STANDARD,
                        (options, geometry) -> ((Serving) options).routine(geometry),
                        "a VMM that does what vCPUs ask for by hypercall (KVM)").needing(WITH_HYPERCALLS),
                new Entry(
                        "kvm-set-attributes",
                        Taking.STANDARD,
                        (options, geometry) -> {
                            Taking taking = (Taking) options;
                            return new SetMemoryAttributes(
                                    geometry.gpa(taking.page),
                                    Geometry.SMALL,
                                    taking.toPrivate ? SetMemoryAttributes.PRIVATE : 0,
                                    0,
                                    Zap.OfPrivateVm.INSTANCE,
                                    taking.protocol());
                        },
                        "sets a page's memory attribute (KVM)").needing(PARTS),
                new Entry(
                        "kvm-swap-out",
                        Taking.STANDARD,
                        (options, geometry) -> {
                            Taking taking = (Taking) options;
                            return new SwapOutShared(geometry.gpa(taking.page), taking.protocol());
                        },
                        "the host's kernel, which swaps a page of userspace's memory out (KVM)").needing(PARTS),
                new Entry(
                        "kvm-use-buffer",
                        Buffer.STANDARD,
                        (options, geometry) -> new UseBufferInPlace(
                                geometry.gpa(((Buffer) options).page), ((Buffer) options).handles),
                        "a VMM that reads a buffer where the guest says that it is (KVM)").needing(IN_PLACE),
                new Entry(
                        "kvm-vcpu",
                        Running.STANDARD,
                        (options, geometry) -> ((Running) options).routine(geometry),
                        "a vCPU that accesses a page, and KVM's fault path (KVM)").needing(PARTS));
    }
}
