package org.ringfence.machine.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class KeyIdsTest {

    /** Linux, arch/x86/virt/vmx/tdx/tdx.c (record_keyid_partitioning): 15 shared and 48 private ones. */
    @Test
    void theExampleOfTheSheetHasPrivateKeyIdsFrom16To63() {
        KeyIds keyIds = KeyIds.of(48L << 32 | 15, 6);
        assertThat(keyIds.firstPrivate()).isEqualTo(16);
        assertThat(keyIds.last()).isEqualTo(63);
        assertThat(keyIds.count()).isEqualTo(64);
        assertThat(keyIds.isShared(0)).isTrue();
        assertThat(keyIds.isShared(15)).isTrue();
        assertThat(keyIds.isPrivate(15)).isFalse();
        assertThat(keyIds.isPrivate(16)).isTrue();
        assertThat(keyIds.isPrivate(63)).isTrue();
        assertThat(keyIds.isPrivate(64)).isFalse();
        assertThat(keyIds.isShared(64)).isFalse();
    }

    @Test
    void aKeyIdLiesInTheTopmostBitsOfAnAddress() {
        KeyIds keyIds = KeyIds.of(48L << 32 | 15, 6);
        assertThat(keyIds.tag(0x12_3000, 17)).isEqualTo(17L << 46 | 0x12_3000);
    }

    @Property
    void anAddressGivesBackItsKeyIdAndWhatItWasMadeOf(
            @ForAll @IntRange(max = 63) int keyId, @ForAll @LongRange(max = (1L << 46) - 1) long hpa) {
        KeyIds keyIds = new KeyIds(15, 48);
        long tagged = keyIds.tag(hpa, keyId);
        assertThat(keyIds.keyId(tagged)).isEqualTo(keyId);
        assertThat(keyIds.hpa(tagged)).isEqualTo(hpa);
        assertThat(tagged >>> KeyIds.MAX_PA).isZero();
    }

    @Test
    void moreKeyIdsThanTheirBitsHoldAreRefused() {
        assertThatThrownBy(() -> KeyIds.of(49L << 32 | 15, 6))
                .hasMessage("KeyIDs up to 64 do not fit 6 bits; at most 15 bits are possible");
    }
}
