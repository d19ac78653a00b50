CREATE OR REPLACE TRIGGER access_shift_line_is_kept
    BEFORE UPDATE OR DELETE ON access_shift_line
    FOR EACH ROW EXECUTE FUNCTION access_shift_is_kept();
