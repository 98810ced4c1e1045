package org.ringfence.machine.tdx.td;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.tdx.sept.AddressWidth;
import org.ringfence.machine.tdx.sept.SeptOptions;

/**
 * What a trust domain has, and what a machine keeps of it. What is absent costs no bit and no move.
 *
 * @param width of guest physical addresses
 * @param levels of the Secure EPT: 4, or 5, which 52 bits need
 * @param kept levels of entries that the machine keeps; 0 for those of its page sizes
 * @param l2Vms L2 VMs, 0 to 3
 */
public record TdOptions(Set<TdxFeature> features, AddressWidth width, int levels, int kept, int l2Vms) {
    public TdOptions {
        features = Collections.unmodifiableSet(
                features.isEmpty() ? EnumSet.noneOf(TdxFeature.class) : EnumSet.copyOf(features));
        if (width == AddressWidth.BITS_52 && levels < 5) {
            throw new IllegalArgumentException("guest physical addresses of 52 bits need five levels of Secure EPT");
        }
        if (l2Vms < 0 || l2Vms > 3) {
            throw new IllegalArgumentException("a TD has 0 to 3 L2 VMs, not " + l2Vms);
        }
    }

    /** Addresses of 48 bits, four levels, and one L2 VM with {@link TdxFeature#L2_VM}. */
    public static TdOptions of(Set<TdxFeature> features) {
        return new TdOptions(features, AddressWidth.BITS_48, 4, 0, features.contains(TdxFeature.L2_VM) ? 1 : 0);
    }

    /** The same with another width of addresses. */
    public TdOptions with(AddressWidth other) {
        return new TdOptions(features, other, other == AddressWidth.BITS_52 ? 5 : levels, kept, l2Vms);
    }

    /** The same with another number of kept levels; 5 make the Secure EPT one of five. */
    public TdOptions keeping(int other) {
        return new TdOptions(features, width, Math.max(levels, other), other, l2Vms);
    }

    /** The same with another number of L2 VMs. */
    public TdOptions withL2Vms(int other) {
        return new TdOptions(features, width, levels, kept, other);
    }

    /** Whether the TD, or the machine, has it. */
    public boolean has(TdxFeature feature) {
        return features.contains(feature);
    }

    SeptOptions sept(Geometry geometry, String name) {
        return new SeptOptions(
                name,
                kept > 0 ? kept : geometry.hasLargePages() ? 2 : 1,
                levels,
                l2Vms,
                has(TdxFeature.L2_ATTRIBUTES) ? 8 : 2,
                has(TdxFeature.L2_TABLES),
                has(TdxFeature.TLB_TRACKING) ? Epochs.CURRENT : 0,
                has(TdxFeature.INTERRUPTS),
                has(TdxFeature.ENTRY_LOCKS) || has(TdxFeature.STEPS));
    }
}
