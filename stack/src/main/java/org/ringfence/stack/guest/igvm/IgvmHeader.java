package org.ringfence.stack.guest.igvm;

/**
 * A variable header. Addresses are guest physical and in bytes, sizes in bytes; a mask has a bit for each platform that
 * the header is meant for. Numbers of 32 bits that can be large are {@code long}.
 */
public sealed interface IgvmHeader {

    /** Its type. */
    HeaderType type();

    /** For which platforms it is; all for what has no mask of its own. */
    int compatibilityMask();

    /** Says which platform the file can be loaded on; exactly one bit of the mask is set. */
    record SupportedPlatform(
            int compatibilityMask, int highestVtl, PlatformType platform,
            long sharedGpaBoundary) implements IgvmHeader {
        @Override
        public HeaderType type() {
            return HeaderType.SUPPORTED_PLATFORM;
        }
    }

    /** The isolation's own policy word: {@code SnpPolicy}, {@code TdxPolicy}. */
    record GuestPolicy(long policy, int compatibilityMask) implements IgvmHeader {
        @Override
        public HeaderType type() {
            return HeaderType.GUEST_POLICY;
        }
    }

    /** A region that the loader may move as a whole. This loader does not. */
    record RelocatableRegion(
            int compatibilityMask,
            int vpIndex,
            int vtl,
            int flags,
            long alignment,
            long gpa,
            long size,
            long minimumGpa,
            long maximumGpa) implements IgvmHeader {
        @Override
        public HeaderType type() {
            return HeaderType.RELOCATABLE_REGION;
        }
    }

    /** Where the page tables lie that moving a region changes. */
    record PageTableRelocation(int compatibilityMask, int vpIndex, int vtl, long gpa, long size, long usedSize)
            implements
                IgvmHeader {
        @Override
        public HeaderType type() {
            return HeaderType.PAGE_TABLE_RELOCATION_REGION;
        }
    }

    /**
     * A reference integrity manifest (CoRIM) or its signature, which bears on no memory.
     *
     * @param contents CBOR, or COSE_Sign1; not looked at
     */
    record Corim(HeaderType type, int compatibilityMask, Contents contents) implements IgvmHeader {}

    /**
     * A header that bears on no memory: policies, identities and measurements. Its mask is the first word of its body.
     */
    record Unread(HeaderType type, Contents body) implements IgvmHeader {
        @Override
        public int compatibilityMask() {
            return body.buffer().getInt(0);
        }
    }

    /** A header of a type that this reader does not know and may leave out. */
    record Ignored(int code, Contents body) implements IgvmHeader {
        /** {@inheritDoc} None: the type is not known. */
        @Override
        public HeaderType type() {
            throw new IllegalStateException("type 0x%X is not known".formatted(code));
        }

        @Override
        public int compatibilityMask() {
            return 0;
        }
    }

    /** What a loader does, in the order of the file. */
    sealed interface Directive extends IgvmHeader {}

    /**
     * Makes a parameter area, which is no guest memory yet.
     *
     * @param index by which later headers name it; each is used once
     * @param initial its contents, or {@link Contents#NONE} for zeroes
     */
    record ParameterArea(long numberOfBytes, int index, Contents initial) implements Directive {
        @Override
        public HeaderType type() {
            return HeaderType.PARAMETER_AREA;
        }

        @Override
        public int compatibilityMask() {
            return -1;
        }
    }

    /**
     * Loads a page.
     *
     * @param isLarge a page of 2M
     * @param unmeasured loaded without being measured
     * @param shared assigned, but visible to the host
     * @param contents the whole page, or {@link Contents#NONE} for zeroes
     */
    record PageData(
            long gpa,
            int compatibilityMask,
            boolean isLarge,
            boolean unmeasured,
            boolean shared,
            PageDataType dataType,
            Contents contents) implements Directive {

        /** {@code PAGE_SIZE_4K}, or 2 MiB. */
        public int size() {
            return isLarge ? 0x20_0000 : 0x1000;
        }

        @Override
        public HeaderType type() {
            return HeaderType.PAGE_DATA;
        }
    }

    /** {@code IgvmPageDataType}. */
    enum PageDataType {
        NORMAL,
        SECRETS,
        CPUID_DATA,
        CPUID_XF
    }

    /** Loads a parameter area as unmeasured pages; its index cannot be used from then on. */
    record ParameterInsert(long gpa, int compatibilityMask, int index) implements Directive {
        @Override
        public HeaderType type() {
            return HeaderType.PARAMETER_INSERT;
        }
    }

    /** Lets the loader write a parameter into an area, at {@code byteOffset}. */
    record Parameter(HeaderType type, int index, long byteOffset) implements Directive {
        @Override
        public int compatibilityMask() {
            return -1;
        }
    }

    /**
     * The state a processor starts with.
     *
     * @param gpa where the VMSA page is loaded; 0 where the state is no page of the guest
     * @param context the VMSA of 4K; the registers elsewhere
     */
    record VpContext(long gpa, int compatibilityMask, int vpIndex, Contents context) implements Directive {
        @Override
        public HeaderType type() {
            return HeaderType.VP_CONTEXT;
        }
    }

    /** Memory without which the guest will not work; the loader stops where there is none. */
    record RequiredMemory(long gpa, int compatibilityMask, long numberOfBytes, boolean vtl2Protectable)
            implements
                Directive {
        @Override
        public HeaderType type() {
            return HeaderType.REQUIRED_MEMORY;
        }
    }

    /** Pages that are shared with the host for the life of the VM, for errors. */
    record ErrorRange(long gpa, int compatibilityMask, long sizeBytes) implements Directive {
        @Override
        public HeaderType type() {
            return HeaderType.ERROR_RANGE;
        }
    }
}
