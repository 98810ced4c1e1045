package org.ringfence.stack.host.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a file holds, it is read or refused with a place in it. */
class AnyTextTest {

    private static void readOrRefused(byte[] bytes) {
        try {
            HostMemoryMap map = HostMemoryMap.read(bytes);
            assertThat(map.blocks()).isNotEmpty();
            long end = 0;
            for (MemoryBlock block : map.blocks()) {
                assertThat(block.start()).isGreaterThanOrEqualTo(end);
                end = block.end();
            }
        } catch (BadInventory bad) {
            lies(bad, bytes);
        }
        try {
            CpuList list = CpuList.read(bytes);
            assertThat(list.cpus().stream().map(HostCpu::cpu).distinct()).hasSameSizeAs(list.cpus());
            assertThat(list.online()).isPositive();
        } catch (BadInventory bad) {
            lies(bad, bytes);
        }
    }

    private static void lies(BadInventory bad, byte[] bytes) {
        long lines = new String(bytes, StandardCharsets.ISO_8859_1).lines().count();
        assertThat(bad.line()).isBetween(1, (int) Math.max(1, lines));
        assertThat(bad.column()).isPositive();
        assertThat(bad.sentence()).isNotBlank().doesNotContain("\n");
    }

    @Property(tries = 2000)
    void bytesAreReadOrRefused(@ForAll byte[] bytes) {
        readOrRefused(bytes);
    }

    @Property(tries = 3000)
    void linesThatAreNearlyRightAreReadOrRefused(@ForAll("files") List<String> lines) {
        readOrRefused(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    @Provide
    Arbitrary<List<String>> files() {
        Arbitrary<String> hex = Arbitraries.oneOf(
                Arbitraries.longs().map(Long::toHexString),
                Arbitraries.longs().between(0, 1L << 53).map(Long::toHexString),
                Arbitraries.integers().between(0, 64).map(page -> Long.toHexString(page * 0x1000L)),
                Arbitraries.strings().withChars("0123456789abcdefxg").ofMaxLength(18));
        Arbitrary<String> type = Arbitraries.of("usable", "System RAM", "reserved", "type 20", "", "?");
        Arbitrary<String> e820 = Combinators.combine(hex, hex, type)
                .as((start, end, what) -> "BIOS-e820: [mem 0x%s-0x%s] %s".formatted(start, end, what));
        Arbitrary<String> efi =
                Combinators.combine(hex, hex, Arbitraries.of("WB", "SP|WB", "attr=0xf", "attr=0xz", "|]["))
                        .as((start, end, what) -> "efi: mem00: [Boot Data|%s] range=[0x%s-0x%s] (0MB)".formatted(what,
                                start, end));
        Arbitrary<String> srat = Combinators.combine(hex, hex, Arbitraries.integers().between(-1, 20000))
                .as((start, end, node) -> "SRAT: Node %d PXM 0 [mem 0x%s-0x%s]".formatted(node, start, end));
        Arbitrary<String> cell = Arbitraries.of("0", "1", "2", "", "-1", "x", "9999999999", "Y", "N", " 3");
        Arbitrary<String> cpu = cell.list().ofMinSize(3).ofMaxSize(6).map(cells -> String.join(",", cells));
        Arbitrary<String> header =
                Arbitraries.of("# CPU,Core,Socket,Node,Online", "# CPU,Core,Socket,Node", "# CPU", "#,");
        return Arbitraries.oneOf(
                Combinators.combine(header, cpu.list().ofMaxSize(6)).as((first, rest) -> {
                    List<String> lines = new ArrayList<>(List.of(first));
                    lines.addAll(rest);
                    return lines;
                }),
                Arbitraries.oneOf(e820, efi, srat, Arbitraries.strings().ofMaxLength(20)).list().ofMaxSize(6));
    }
}
