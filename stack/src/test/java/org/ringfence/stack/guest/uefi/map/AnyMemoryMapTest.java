package org.ringfence.stack.guest.uefi.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.ringfence.stack.guest.uefi.memory.EfiMemoryType;
import org.ringfence.stack.host.inventory.BadInventory;

/** Any map that firmware may return is read as it was written; anything else is read or refused with its place. */
class AnyMemoryMapTest {
    private static final int SIZE = 48;

    private static List<List<Long>> told(EfiMemoryMap map) {
        return map.descriptors().stream()
                .map(one -> List.of(one.type(), one.start(), one.pages(), one.attribute()))
                .toList();
    }

    private static String linux(EfiMemoryMap map) {
        StringBuilder text = new StringBuilder("Command line: efi=debug\n");
        for (EfiDescriptor one : map.descriptors().reversed()) {
            String type = EfiMemoryType.of(one.type()).map(EfiMemoryType::linux).orElse("type=" + one.type());
            text.append("[    0.000000] efi: mem00: [%s|attr=0x%016x] range=[0x%016x-0x%016x] (%dMB)%n".formatted(
                    type, one.attribute(), one.start(), one.end() - 1, one.pages() >> 8));
        }
        return text.toString();
    }

    @Property(tries = 500)
    void aMapIsReadAsItWasWrittenInEveryForm(@ForAll("maps") EfiMemoryMap map) throws BadInventory, DescriptorRefused {
        assertThat(told(EfiMemoryMap.readDescriptors(map.write(SIZE), SIZE))).isEqualTo(told(map));
        assertThat(told(EfiMemoryMap.readText(map.writeShell()))).isEqualTo(told(map));
        assertThat(told(EfiMemoryMap.readText(linux(map).getBytes(StandardCharsets.UTF_8)))).isEqualTo(told(map));
    }

    @Property(tries = 2000)
    void aMapOfWhichBytesWereChangedIsReadOrRefused(
            @ForAll("maps") EfiMemoryMap map, @ForAll("changes") List<int[]> changes) {
        for (byte[] bytes : List.of(map.write(SIZE), map.writeShell(), linux(map).getBytes(StandardCharsets.UTF_8))) {
            byte[] changed = bytes.clone();
            for (int[] change : changes) {
                changed[Math.floorMod(change[0], changed.length)] = (byte) change[1];
            }
            readOrRefused(changed);
            readOrRefused(Arrays.copyOf(changed, Math.floorMod(changes.getFirst()[0], changed.length + 1)));
        }
    }

    @Property(tries = 2000)
    void bytesAreReadOrRefused(@ForAll byte[] bytes) {
        readOrRefused(bytes);
    }

    private static void readOrRefused(byte[] bytes) {
        try {
            isWhole(EfiMemoryMap.readText(bytes));
        } catch (BadInventory bad) {
            assertThat(bad.line()).isPositive();
            assertThat(bad.column()).isPositive();
            assertThat(bad.sentence()).isNotBlank().doesNotContain("\n");
        }
        try {
            isWhole(EfiMemoryMap.readDescriptors(bytes, SIZE));
        } catch (DescriptorRefused bad) {
            assertThat(bad.offset()).isBetween(0, bytes.length);
            assertThat(bad.getMessage()).doesNotContain("\n");
        }
    }

    private static void isWhole(EfiMemoryMap map) {
        long end = 0;
        assertThat(map.descriptors()).isNotEmpty();
        for (EfiDescriptor one : map.descriptors()) {
            assertThat(one.start()).isGreaterThanOrEqualTo(end);
            assertThat(one.end()).isBetween(one.start() + 1, EfiMemoryMap.MOST);
            assertThat(EfiMemoryType.isKnown(one.type())).isTrue();
            end = one.end();
        }
    }

    @Provide
    Arbitrary<List<int[]>> changes() {
        return Combinators.combine(Arbitraries.integers(), Arbitraries.integers().between(0, 255))
                .as((at, value) -> new int[] {at, value})
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<EfiMemoryMap> maps() {
        Arbitrary<Long> type = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 15), Arbitraries.longs().between(0x7000_0000L, 0xFFFF_FFFFL));
        Arbitrary<long[]> range = Combinators.combine(
                type, Arbitraries.longs().between(0, 3), Arbitraries.longs().between(1, 1 << 20), Arbitraries.longs())
                .as((kind, gap, pages, attribute) -> new long[] {kind, gap, pages, attribute});
        return range.list().ofMinSize(1).ofMaxSize(8).map(ranges -> {
            List<EfiDescriptor> descriptors = new ArrayList<>();
            long at = 0;
            for (long[] one : ranges) {
                at += one[1] * 4096;
                descriptors.add(new EfiDescriptor(one[0], at, one[2], one[3], 0));
                at += one[2] * 4096;
            }
            return new EfiMemoryMap(descriptors);
        });
    }
}
