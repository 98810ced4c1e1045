package org.ringfence.cli.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.ringfence.stack.host.kvm.gmem.KvmErrno;

/** What this machine's KVM has. */
sealed interface KvmProbe {

    /** It can be compared. */
    record Usable(
            int kvm, long guestMemfdFlags, boolean overlapExists, boolean attributes, boolean preFault,
            List<String> lines)
            implements
                KvmProbe {
        public Usable {
            lines = List.copyOf(lines);
        }
    }

    /** There is nothing to compare, for this reason. */
    record Absent(String reason) implements KvmProbe {}

    /** There is something, and it may not be used. */
    record Refused(String reason) implements KvmProbe {}

    /** Read and write, closed on exec. */
    int OPEN_FLAGS = 0x80002;

    /** Asks the kernel by {@code device}. */
    static KvmProbe of(Arena arena, LinuxCalls linux, String device) {
        long kvm = linux.call(LinuxCalls.OPEN,
                arena.allocateFrom(device, StandardCharsets.UTF_8).address(), OPEN_FLAGS, 0);
        if (kvm == -KvmErrno.EACCES.number() || kvm == -KvmErrno.EPERM.number()) {
            return new Refused("%s may not be opened for reading and writing (%s); its owner or group may"
                    .formatted(device, KvmErrno.name((int) -kvm)));
        }
        if (kvm < 0) {
            return new Absent("%s cannot be opened (%s)".formatted(device, KvmErrno.name((int) -kvm)));
        }
        long vm = linux.call(LinuxCalls.IOCTL, kvm, KvmAbi.CREATE_VM, 0);
        if (vm < 0) {
            linux.call(LinuxCalls.CLOSE, kvm);
            return new Absent("%s makes no VM (%s)".formatted(device, KvmErrno.name((int) -vm)));
        }
        KvmProbe probe = ask(arena, linux, (int) kvm, vm);
        linux.call(LinuxCalls.CLOSE, vm);
        if (!(probe instanceof Usable)) {
            linux.call(LinuxCalls.CLOSE, kvm);
        }
        return probe;
    }

    private static KvmProbe ask(Arena arena, LinuxCalls linux, int kvm, long vm) {
        long memfd = capability(linux, vm, KvmAbi.CAP_GUEST_MEMFD);
        long region2 = capability(linux, vm, KvmAbi.CAP_USER_MEMORY2);
        if (memfd == 0 || region2 == 0) {
            return new Absent("this kernel has no %s for VMs of the default type"
                    .formatted(memfd == 0 ? "KVM_CAP_GUEST_MEMFD" : "KVM_CAP_USER_MEMORY2"));
        }
        long flags = capability(linux, vm, KvmAbi.CAP_GUEST_MEMFD_FLAGS);
        boolean attributes = capability(linux, vm, KvmAbi.CAP_MEMORY_ATTRIBUTES) != 0;
        boolean preFault = capability(linux, vm, KvmAbi.CAP_PRE_FAULT_MEMORY) != 0;
        boolean exists = overlap(arena, linux, vm) == KvmErrno.EEXIST.number();
        List<String> lines = new ArrayList<>();
        lines.add("KVM_CAP_GUEST_MEMFD %d, KVM_CAP_GUEST_MEMFD_FLAGS 0x%X, KVM_CAP_MEMORY_FAULT_INFO %d".formatted(
                memfd, flags, capability(linux, vm, KvmAbi.CAP_MEMORY_FAULT_INFO)));
        lines.add(
                "a binding that overlaps another answers " + (exists ? "EEXIST, as after 6.18" : "EINVAL, as in 6.18"));
        lines.add(attributes
                ? "KVM_CAP_MEMORY_ATTRIBUTES is there and not driven: no VM type that has private memory is compared"
                : "KVM_CAP_MEMORY_ATTRIBUTES 0: KVM_SET_MEMORY_ATTRIBUTES must answer ENOTTY");
        lines.add(preFault
                ? "KVM_CAP_PRE_FAULT_MEMORY 1: KVM_PRE_FAULT_MEMORY must map what a guest's read would"
                : "KVM_CAP_PRE_FAULT_MEMORY 0: KVM_PRE_FAULT_MEMORY must answer EOPNOTSUPP, and EINVAL before");
        return new Usable(kvm, flags, exists, attributes, preFault, lines);
    }

    private static long capability(LinuxCalls linux, long vm, int number) {
        return Math.max(0, linux.call(LinuxCalls.IOCTL, vm, KvmAbi.CHECK_EXTENSION, number));
    }

    /** What a second slot on the same page of a file answers. */
    private static long overlap(Arena arena, LinuxCalls linux, long vm) {
        MemorySegment arguments = arena.allocate(160, Long.BYTES);
        arguments.set(JAVA_LONG, 0, 0x1000);
        long file = linux.call(LinuxCalls.IOCTL, vm, KvmAbi.CREATE_GUEST_MEMFD, arguments.address());
        long answer = 0;
        for (int slot = 0; slot < 2; slot++) {
            arguments.fill((byte) 0);
            arguments.set(JAVA_INT, 0, slot);
            arguments.set(JAVA_INT, 4, 4);
            arguments.set(JAVA_LONG, 8, (slot + 1) * 0x10_0000L);
            arguments.set(JAVA_LONG, 16, 0x1000);
            arguments.set(JAVA_INT, 40, (int) file);
            answer = -linux.call(LinuxCalls.IOCTL, vm, KvmAbi.SET_USER_MEMORY_REGION2, arguments.address());
        }
        linux.call(LinuxCalls.CLOSE, file);
        return answer;
    }
}
