package org.ringfence.cli.kvm;

/** Numbers of KVM's interface. Source: include/uapi/linux/kvm.h, arch/x86/include/uapi/asm/kvm.h. */
final class KvmAbi {
    static final long CREATE_VM = 0xAE01;
    static final long CHECK_EXTENSION = 0xAE03;
    static final long GET_VCPU_MMAP_SIZE = 0xAE04;
    static final long CREATE_VCPU = 0xAE41;
    static final long SET_USER_MEMORY_REGION = 0x4020_AE46L;
    static final long SET_USER_MEMORY_REGION2 = 0x40A0_AE49L;
    static final long RUN = 0xAE80;
    static final long GET_REGS = 0x8090_AE81L;
    static final long SET_REGS = 0x4090_AE82L;
    static final long GET_SREGS = 0x8138_AE83L;
    static final long SET_SREGS = 0x4138_AE84L;
    static final long SET_MEMORY_ATTRIBUTES = 0x4020_AED2L;
    static final long CREATE_GUEST_MEMFD = 0xC040_AED4L;
    static final long PRE_FAULT_MEMORY = 0xC040_AED5L;

    static final int CAP_USER_MEMORY2 = 231;
    static final int CAP_MEMORY_FAULT_INFO = 232;
    static final int CAP_MEMORY_ATTRIBUTES = 233;
    static final int CAP_GUEST_MEMFD = 234;
    static final int CAP_PRE_FAULT_MEMORY = 236;
    static final int CAP_GUEST_MEMFD_FLAGS = 244;

    static final int EXIT_IO = 2;

    private KvmAbi() {}
}
