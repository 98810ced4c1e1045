package org.ringfence.machine.tdx.abi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.tdx.TdxForms;

/**
 * The fact sheet's table of statuses, whole: some leaf that is built can end with each, or it is listed with the reason
 * why none does. That a leaf does end with each of its own is for StatusesTest and SystemVectorsTest.
 */
class EveryStatusTest {
    /** TDH.SYS.CONFIG tells its checks apart by details and has no enum of results. */
    private static final Set<TdxStatus> OF_SYS_CONFIG = EnumSet.of(
            TdxStatus.TDX_SYS_BUSY,
            TdxStatus.TDX_SYS_CONFIG_NOT_PENDING,
            TdxStatus.TDX_OPERAND_INVALID,
            TdxStatus.TDX_INVALID_TDMR,
            TdxStatus.TDX_NON_ORDERED_TDMR,
            TdxStatus.TDX_INVALID_RESERVED_IN_TDMR,
            TdxStatus.TDX_NON_ORDERED_RESERVED_IN_TDMR,
            TdxStatus.TDX_INVALID_PAMT,
            TdxStatus.TDX_PAMT_OVERLAP,
            TdxStatus.TDX_PAMT_OUTSIDE_CMRS,
            TdxStatus.TDX_TDMR_OUTSIDE_CMRS);

    /**
     * What TDH.VP.ENTER returns with when a TD comes out of it for good, what TDG.VP.VEINFO.GET, whose results are
     * pages, has for none, and TDH.MEM.SEPT.ADD, version 1, and TDH.MEM.PAGE.DEMOTE with tables of L2 VMs, whose
     * results are whole words: RawFormTest brings them about.
     */
    private static final Set<TdxStatus> BESIDE_RESULTS = EnumSet.of(
            TdxStatus.TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE,
            TdxStatus.TDX_NO_VALID_VE_INFO,
            TdxStatus.TDX_L2_SEPT_ENTRY_NOT_FREE,
            TdxStatus.TDX_L2_SEPT_PAGE_NOT_PROVIDED);

    private static Set<TdxStatus> returned() throws IOException, URISyntaxException {
        Path classes = Path.of(Objects.requireNonNull(TdxForms.class.getResource("TdxForms.class")).toURI())
                .resolveSibling(".");
        Set<TdxStatus> returned = EnumSet.copyOf(OF_SYS_CONFIG);
        returned.addAll(BESIDE_RESULTS);
        try (Stream<Path> files = Files.walk(classes)) {
            files.map(file -> file.normalize().toString())
                    .map(file -> file.substring(file.indexOf("org/ringfence")).replace('/', '.'))
                    .filter(name -> name.endsWith("$Result.class"))
                    .map(name -> load(name.substring(0, name.length() - ".class".length())))
                    .filter(ModuleStatus.class::isAssignableFrom)
                    .flatMap(type -> Arrays.stream(type.getEnumConstants()))
                    .forEach(result -> returned.add(((ModuleStatus) result).status()));
        }
        return returned;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<TdxStatus, String> listed() throws IOException {
        try (var file = Objects.requireNonNull(EveryStatusTest.class.getResourceAsStream("statuses-not-built.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> List.of(line.split("\\|", -1)))
                    .collect(Collectors.toMap(
                            cells -> TdxStatus.valueOf(cells.get(0).strip()), cells -> cells.get(1).strip()));
        }
    }

    @Test
    void everyStatusIsReturnedBySomeLeafOrListedWithTheReason() throws IOException, URISyntaxException {
        Set<TdxStatus> returned = returned();
        Map<TdxStatus, String> listed = listed();
        assertThat(listed.values()).allMatch(reason -> reason.length() > 10);
        assertThat(EnumSet.complementOf(EnumSet.copyOf(returned))).containsExactlyInAnyOrderElementsOf(listed.keySet());
    }
}
